// Everything is in app/; this names the plug-in once for the whole build.
plugins { id("com.android.application") apply false }
