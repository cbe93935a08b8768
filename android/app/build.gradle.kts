import javax.inject.Inject
import org.gradle.process.ExecOperations

plugins { id("com.android.application") }

/** One processor family under its three names: of Android's library folder, of our flavour, of cargo-mobile2's target. */
data class Processor(val folder: String, val flavour: String, val target: String)

val processors = listOf(
    Processor("arm64-v8a", "arm64", "aarch64"),
    Processor("armeabi-v7a", "arm", "armv7"),
    Processor("x86_64", "x86_64", "x86_64"),
    Processor("x86", "x86", "i686"),
)

// `cargo android` narrows the universal package down with three lists that run in step; without them every family is built.
fun names(property: String): List<String>? = providers.gradleProperty(property).orNull?.split(',')
val universal = names("targetList")?.let { targets ->
    val folders = names("abiList") ?: error("targetList needs abiList beside it")
    val flavours = names("archList") ?: error("targetList needs archList beside it")
    targets.indices.map { Processor(folders[it], flavours[it], targets[it]) }
} ?: processors

android {
    namespace = "org.ahoy.phone"
    compileSdk = 36

    defaultConfig {
        applicationId = "org.ahoy.phone"
        minSdk = 26
        targetSdk = 36
        versionCode = 1
        versionName = "0.1.0"
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }

    // The repository's own folder; the link that the mobile tool makes would bring every file in twice.
    sourceSets["main"].assets.setSrcDirs(listOf("../../assets"))

    buildTypes {
        getByName("release") { isMinifyEnabled = false }
    }

    flavorDimensions += "abi"
    productFlavors {
        create("universal") {
            dimension = "abi"
            ndk { abiFilters += universal.map { it.folder } }
        }
        processors.forEach { processor ->
            create(processor.flavour) {
                dimension = "abi"
                ndk { abiFilters += processor.folder }
            }
        }
    }
}

dependencies {
    // The version whose native half the android-activity crate carries.
    implementation("androidx.games:games-activity:4.4.0")
    implementation("androidx.appcompat:appcompat:1.7.1")
    implementation("androidx.core:core:1.16.0")
}

/** Builds the phone library for one processor family; cargo-mobile2 links it into `src/main/jniLibs`. */
abstract class RustBuild @Inject constructor(private val processes: ExecOperations) : DefaultTask() {
    @get:Input abstract val target: Property<String>
    @get:Input abstract val release: Property<Boolean>
    @get:Internal abstract val repository: DirectoryProperty

    @TaskAction
    fun build() {
        processes.exec {
            workingDir = repository.get().asFile
            commandLine(listOf("cargo", "android", "build") + (if (release.get()) listOf("--release") else emptyList()) + target.get())
        }
    }
}

listOf("Debug", "Release").forEach { profile ->
    (processors + universal).distinct().forEach { processor ->
        val flavour = processor.flavour.replaceFirstChar { it.uppercase() }
        val build = tasks.register<RustBuild>("rustBuild$flavour$profile") {
            group = "rust"
            description = "Builds the phone library for ${processor.flavour}."
            target = processor.target
            release = profile == "Release"
            repository = rootProject.layout.projectDirectory.dir("..")
        }
        tasks.matching { it.name == "merge$flavour${profile}JniLibFolders" }.configureEach { dependsOn(build) }
        if (processor in universal) {
            tasks.matching { it.name == "mergeUniversal${profile}JniLibFolders" }.configureEach { dependsOn(build) }
        }
    }
    tasks.register("rustBuildUniversal$profile") {
        group = "rust"
        description = "Builds the phone library for every processor family of the universal package."
        universal.forEach { dependsOn("rustBuild${it.flavour.replaceFirstChar { c -> c.uppercase() }}$profile") }
    }
}
