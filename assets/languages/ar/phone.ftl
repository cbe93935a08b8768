# الهاتف نفسه: إضافة الناس، الأجهزة، الإعدادات، الخطوات الأولى.

pairing-title = إضافة شخص
pairing-mine = رابطي
pairing-mine-hint = دع الهاتف الآخر يمسحه، أو أرسله نصًا.
pairing-copy = نسخ رابطي
pairing-copied = نُسخ رابطك. أرسله إلى من تريد التحدث معه.
pairing-not-copied = تعذّر نسخ الرابط. دع الهاتف الآخر يمسح الرمز بدلًا من ذلك.
pairing-no-link-yet = الرابط ليس جاهزًا بعد. حاول مرة أخرى بعد لحظات.
pairing-theirs = رابط الشخص الآخر
pairing-link-hint = ahoy:…
pairing-link-label = رابط جهة اتصال جديدة
pairing-no-link = ألصق رابط الشخص أولًا.
pairing-paste = لصق
pairing-paste-spoken = لصق رابط
pairing-paste-too-long = ما نُسخ أطول من أن يكون رابط جهة اتصال.
pairing-nothing-to-paste = لا يوجد نص للصقه. انسخ رابطًا أولًا.
pairing-next = التالي
pairing-next-spoken = عرض هاتف هذا الرابط
pairing-scan = مسح
pairing-scan-spoken = مسح رمز بالكاميرا
pairing-stop = إيقاف
pairing-stop-spoken = إيقاف البحث بالكاميرا
pairing-finder = ما تراه الكاميرا
pairing-hold-code = ضع رمز الهاتف الآخر أمام الكاميرا.
pairing-open = ما دامت هذه الصفحة مفتوحة، ترى الهواتف على شبكتك هاتفك، ويستطيع من لديه رابطك أن يطرق الباب.
pairing-closed = أغلق هاتفك نفسه: لم يعد أحد يراه أو يطرق بابه.
pairing-open-again = فتح من جديد
pairing-open-again-spoken = فتح هذا الهاتف للإضافة من جديد

strangers-nearby = هواتف قريبة
strangers-knocking = يريد إضافتك
strangers-looking = جارٍ البحث. يجب أن يكون الهاتف الآخر على الشبكة نفسها وهذه الصفحة مفتوحة فيه.
strangers-words = كلمات الأمان
strangers-add = إضافة
strangers-add-spoken = إضافة { $name }
strangers-ignore = تجاهل
strangers-ignore-spoken = تجاهل { $name }

candidate-question = هل تضيف { $name }؟
candidate-name = الاسم الذي تعطيه
candidate-name-hint = الاسم
candidate-name-label = اسم جهة الاتصال الجديدة
candidate-words = كلمات الأمان: يعرض الهاتف الآخر الكلمات نفسها، ما لم يقف أحد بينكما.
candidate-cancel = إلغاء
candidate-cancel-spoken = عدم إضافة هذا الهاتف
candidate-add = إضافة
candidate-add-spoken = إضافة { $name }
candidate-added = أُضيف { $name }. يمكنكما التحدث متى أُضفت هناك أيضًا.
candidate-known = أضفت هذا الهاتف من قبل: { $name }.
candidate-not-ready = هاتفك ليس جاهزًا بعد. حاول مرة أخرى بعد لحظات.
candidate-own-link = هذا رابطك أنت. اطلب من الشخص الآخر رابطه.
candidate-no-link = هذا ليس رابط جهة اتصال، فالرابط يبدأ بـ «ahoy:». اطلب من الشخص الآخر رابطه.
candidate-damaged = هذا الرابط تالف. انسخه مرة أخرى كاملًا دون تغيير.
candidate-forged = هذا الرابط تالف أو مزوّر. انسخه مرة أخرى أو اطلب من صاحبه رابطًا جديدًا.
candidate-newer = أنشأ هذا الرابطَ إصدارٌ أحدث من Ahoy. حدّث إصدارك لاستخدامه.
candidate-too-long = هذا أطول من أن يكون رابط جهة اتصال. انسخه مرة أخرى وحده.

my-name-title = اسمك
my-name-wanted = اسمك، ليعرف الآخرون من أنت
my-name-save = حفظ
my-name-save-spoken = حفظ اسمك
my-name-kept = من الآن يحمل رابطك ورمزك اسم { $name }.
my-name-gone = لم يعد رابطك يحمل اسمًا.

qr-mine = رابطي على هيئة رمز QR

devices-title = الصوت والصورة
devices-microphone = الميكروفون: { $what }
devices-speaker = مكبر الصوت: { $what }
devices-camera = الكاميرا: { $what }
devices-off = متوقف
devices-looking = جارٍ البحث…
devices-none = غير موجود
devices-switch = تبديل
devices-switch-spoken = التبديل إلى كاميرا أخرى

## عناصر التحكم

controls-on = مفعّل
controls-off = معطّل
controls-less = أقل
controls-less-spoken = { $what }: أقل
controls-more = أكثر
controls-more-spoken = { $what }: أكثر

## تجربة الأجهزة

trial-microphone = الميكروفون
trial-speaker = مكبر الصوت
trial-camera = الكاميرا
trial-which-microphone = أي ميكروفون
trial-which-speaker = أي مكبر صوت
trial-which-camera = أي كاميرا
trial-system = حسب اختيار النظام
trial-system-named = حسب اختيار النظام: { $name }
trial-not-there = { $name } (غير موجود الآن)
trial-no-microphone = لم يُعثر على ميكروفون. وصّل واحدًا ثم عُد.
trial-no-speaker = لم يُعثر على مكبر صوت. وصّل واحدًا ثم عُد.
trial-no-camera = لم يُعثر على كاميرا. يمكنك الاتصال صوتًا ورؤية الآخرين.
trial-meter = شدة صوتك
trial-listen = تجربة الميكروفون
trial-listen-stop = إيقاف الاستماع
trial-microphone-hint = لا يُسجَّل شيء، ولا يسمعك أحد غيرك.
trial-speak = قل شيئًا. إن بقي الشريط فارغًا فاختر ميكروفونًا آخر.
trial-heard = صوتك مسموع. الميكروفون يعمل.
trial-microphone-failed = لا يمكن استخدام الميكروفون. اختر غيره، أو أغلق البرنامج الذي يستخدمه.
trial-play = تشغيل صوت
trial-speaker-hint = ستسمع لحنًا قصيرًا.
trial-playing = جارٍ التشغيل… هل تسمعه؟
trial-played = إن لم تسمع شيئًا فارفع الصوت أو اختر مكبر صوت آخر.
trial-speaker-failed = لا يمكن استخدام مكبر الصوت. اختر غيره، أو أغلق البرنامج الذي يستخدمه.
trial-look = عرض صورتي
trial-look-stop = إيقاف الكاميرا
trial-camera-hint = تبقى الكاميرا متوقفة حتى تضغط الزر. لا يرى الصورة أحد غيرك.
trial-looking = أنت وحدك ترى هذه الصورة، كما في المرآة.
trial-mirror = صورة كاميرتك
trial-camera-failed = لا يمكن استخدام الكاميرا. اختر غيرها، أو أغلق البرنامج الذي يستخدمها.

## الخطوات الأولى

first-run-step = الخطوة { $number } من { $of }
first-run-skip = تخطي الكل
first-run-skip-spoken = تخطي الخطوات الأولى
first-run-back = رجوع
first-run-next = التالي
first-run-done = تم
first-run-add = إضافة شخص
first-run-name = مرحبًا بك في Ahoy
first-run-name-about = بماذا يناديك الآخرون؟ يُحمل اسمك في رابطك ورمزك. لا حساب هنا، ويمكنك تركه فارغًا.
first-run-microphone = هل صوتك مسموع؟
first-run-microphone-about = قل بضع كلمات وانظر إلى الشريط. يمكنك فعل ذلك لاحقًا في الإعدادات.
first-run-speaker = هل تسمع؟
first-run-speaker-about = شغّل صوتًا قصيرًا. يمكنك فعل ذلك لاحقًا في الإعدادات.
first-run-camera = هل تظهر صورتك؟
first-run-camera-about = لمكالمات الفيديو فقط، فالمكالمات الصوتية لا تحتاج إلى كاميرا.
first-run-code = هذا أنت
first-run-code-about = دع أحدًا يمسح هذا الرمز، أو أرسل إليه رابطك. يعرض لك رمزه، ثم يمكنكما الاتصال.

## الإعدادات

settings-title = الإعدادات
settings-system = مثل النظام

settings-me = اسمي ورمزي
settings-me-about = ما يراه الآخرون، وكيف يضيفونك
settings-me-code = رمزي ورابطي
settings-me-code-about = من لديه يستطيع إضافتك وطرق بابك. تتحدثان متى أضاف كل منكما الآخر.

settings-sound = الصوت والكاميرا
settings-sound-about = الميكروفون ومكبر الصوت والكاميرا، ولكل منها تجربة
settings-sound-hint = يسري اختيارك من المكالمة التالية، وفورًا في المكالمة الجارية.
settings-processing = تنقية صوتي
settings-processing-about = تزيل الصدى والضجيج وتسوّي شدة الصوت. اتركها مفعّلة إلا إذا عزفت موسيقى.
settings-low-delay = أقل تأخير
settings-low-delay-about = أسرع قليلًا على الاتصالات الجيدة، مقابل بيانات أكثر قليلًا.

settings-picture = الصورة
settings-picture-about = كيف تُعرض الصور، وكم تستهلك صورتك
settings-picture-theirs = صورة الطرف الآخر
settings-fit = في نافذة بشكل مختلف
settings-fit-fit = كاملة مع حواف
settings-fit-fill = تملأ وتُقص أطرافها
settings-picture-mine = صورتي
settings-prefer = عندما يضيق الاتصال
settings-prefer-about = حركة سلسة للغة الإشارة وقراءة الشفاه، ووضوح لعرض الأشياء.
settings-prefer-balanced = شيء من كليهما
settings-prefer-sharpness = إبقاء الوضوح
settings-prefer-motion = إبقاء الحركة
settings-max-kbps = الحد الأقصى
settings-max-kbps-about = الأكثر أجمل إن احتمله الاتصال.
settings-kbps = { $kbps } كيلوبت/ث

settings-quiet = الخصوصية والهدوء
settings-quiet-about = عدم الإزعاج، المكالمات الثانية، الصامتون والمحظورون
settings-quiet-hint = تُسكت الأشخاص أو تحظرهم من صفحاتهم. لا يُخبَرون بذلك.
settings-dnd = عدم الإزعاج
settings-dnd-about = لا تصدر المكالمات صوتًا وتنتهي فائتة.
settings-waiting = المكالمات الثانية
settings-waiting-about = من يتصل وأنت تتحدث يرن بهدوء. عند التعطيل يسمع أنك مشغول.
settings-silent = الصامتون
settings-silent-none = لا أحد. مكالمات الجميع ترن.
settings-silent-back = السماح بالرنين
settings-silent-back-spoken = السماح لمكالمات { $name } بالرنين من جديد
settings-blocked = المحظورون
settings-blocked-none = لا أحد محظور.
settings-blocked-back = رفع الحظر
settings-blocked-back-spoken = رفع الحظر عن { $name }

settings-network = الشبكة والبيانات
settings-network-about = كيف تجد الهواتف بعضها، وكم تستهلك المكالمات
settings-reach = الوصول إلى هذا الهاتف
settings-listening = يمكن الوصول إليه على { $addresses }
settings-listening-nowhere = لا يمكن الوصول إليه بعد. تحقق من اتصال هذا الجهاز بالشبكة.
settings-reach-about = تذهب المكالمات مباشرة من هاتف إلى هاتف حيث تسمح الشبكات. عندها يرى من تحدثه عنوان شبكتك، كما في كل اتصال مباشر.
settings-relay = المرحّل
settings-relay-about = يساعد المرحّل هاتفين على أن يجد كل منهما الآخر، ويمرر الحزم حيث لا طريق مباشر. يرى عناوين الشبكة والأوقات والكميات، ولا يرى أبدًا الصوت أو الصورة أو الأسماء أو الرسائل.
settings-relay-default = مرحّلات عامة
settings-relay-none = دون مرحّل
settings-relay-field = عنوان مرحّل خاص بك
settings-relay-field-hint = https://…
settings-relay-save = استخدام
settings-relay-save-spoken = استخدام هذا المرحّل
settings-relay-when = يسري من تشغيل Ahoy التالي. دون مرحّل لا تصل إلا إلى الهواتف التي لها طريق مباشر.
settings-low-data = بيانات قليلة
settings-low-data-about = صورة صغيرة، نحو 300 كيلوبت/ث إجمالًا، للمكالمات التي تكلف مالًا.

settings-looks = المظهر واللغة
settings-looks-about = اللغة، حجم النص، الألوان، الحركة، الأزرار الكبيرة
settings-language = اللغة
settings-text-size = حجم النص
settings-percent = { $percent }٪
settings-theme = الألوان
settings-theme-light = فاتحة
settings-theme-dark = داكنة
settings-motion = الحركة
settings-motion-about = مع حركة أقل لا ينزلق شيء ولا يتلاشى.
settings-motion-less = أقل
settings-motion-normal = عادية
settings-big-buttons = أزرار كبيرة
settings-big-buttons-about = أزرار أقل وأكبر. ويمكن عندها الرد تلقائيًا على مكالمات من تختارهم.

settings-backup = النسخ الاحتياطي
settings-backup-about = حفظ هويتك وجهات اتصالك
settings-export = إنشاء نسخة احتياطية
settings-export-about = في الطرفية، يحفظ هذا الأمر هويتك وجهات اتصالك في ملف لا تفتحه إلا عبارة مرورك:
settings-export-command = ahoy export ahoy.backup
settings-import = استخدام نسخة احتياطية
settings-import-about = على جهاز جديد، قبل أن تضيف أحدًا:
settings-import-command = ahoy import ahoy.backup
settings-backup-hint = لا تتضمن الرسائل ولا المكالمات السابقة. من لديه الملف وعبارة المرور يستطيع انتحالك: احفظهما جيدًا ومنفصلين.

settings-about = حول Ahoy
settings-about-about = الإصدار والترخيص وما يراه الآخرون
settings-version = Ahoy { $version }
settings-licence = برنامج حر برخصة { $licence }. لا حساب ولا إعلانات ولا إحصاء.
settings-parts = الخطان Inter وNoto برخصة SIL Open Font License.
settings-seen = ما يراه الآخرون
settings-seen-calls = المكالمات والرسائل مختومة من هاتف إلى هاتف. لا أحد بينهما يسمعها أو يراها أو يقرؤها.
settings-seen-contacts = من لديه رابطك يعرف هل هاتفك متصل. من لم تضفه أو حظرته لا يرن هاتفك له أبدًا.
settings-seen-network = ما دامت صفحة «إضافة شخص» مفتوحة، ترى الهواتف على الشبكة نفسها اسمك.
settings-seen-relay = يرى المرحّل مفتاحين وعنواني شبكة وأوقاتًا وكميات، ولا شيء غير ذلك.
settings-seen-disk = ما يحفظه هذا الهاتف مختوم بمفتاح يقع بجانبه: احمِ الجهاز بقفل.
settings-first-run = عرض الخطوات الأولى
settings-first-run-about = الاسم والميكروفون ومكبر الصوت والكاميرا والرمز، واحدًا تلو الآخر.

## ما يخبر به الهاتف

notices-message = أرسل إليك { $name } رسالة.
notices-called-meanwhile = اتصل { $name } حين تعذّر الوصول إلى هاتفك.
notices-unreachable = تعذّر الوصول إلى { $name }. ربما الهاتف الآخر مغلق أو دون شبكة.
notices-turned-away = لا يقبل { $name } مكالمات منك. اسأل هل أُضفت هناك.
notices-unreadable = لا يستطيع { $name } قراءة ما تكتب. ليُضف كل منكما الآخر من جديد.
notices-new-installation = لدى { $name } هاتف جديد أو مستعاد. قارنا كلمات الأمان.
notices-compare-asked = يريد { $name } مقارنة الرموز معك.
notices-compare-absent = تعذّر الوصول إلى { $name }. يجب أن يعمل الهاتفان لمقارنة الرموز.
notices-compare-failed = لم يُتحقق من { $name }: لم تكتمل المقارنة. يمكنك البدء من جديد.
notices-compare-different = لم يُتحقق من { $name } إطلاقًا: ربما يقف أحد بينكما. لا تقل سرًا.
notices-knock = يريد شخص إضافتك. افتح «إضافة شخص» لترى من هو.
notices-pair-told = أُبلغ الهاتف الآخر. على صاحبه أن يضيفك بعد.
notices-pair-closed = تمت الإضافة. على الشخص الآخر أن يضيفك أيضًا: اطلب منه فتح «إضافة شخص».
notices-pair-absent = تمت الإضافة. تعذّر الوصول إلى الهاتف الآخر الآن، وعلى صاحبه أن يضيفك أيضًا.
notices-other-key = أُضيف { $name }، لكنك تعرف هاتفًا آخر بهذا الاسم. قارنا كلمات الأمان قبل أن تثق به.
notices-call-failed = تعذّر بدء المكالمة.
notices-not-recorded = المكالمة غير مسجلة بين المكالمات السابقة.
notices-in-call = هناك مكالمة جارية. أنهها أولًا.
notices-not-now = لا يمكن ذلك الآن: انتهت المكالمة أو لم تبدأ بعد.
notices-nothing-held = لا مكالمة معلقة.
notices-nothing-compared = لا تجري مقارنة رموز.
notices-not-nearby = لم يعد الهاتف الآخر ظاهرًا. اطلب من صاحبه فتح «إضافة شخص».
notices-unknown = لا أحد هنا باسم { $name }.
notices-ambiguous = ينطبق { $name } على أكثر من شخص. اختر واحدًا من القائمة.
notices-blocked = { $name } محظور. ارفع الحظر أولًا.
notices-not-verified = لم يُتحقق من { $name }. قارنا كلمات الأمان أولًا.
notices-name-taken = هناك شخص آخر باسم { $name }. اختر اسمًا غيره.
notices-bad-name = لا يمكن استخدام هذا الاسم. اجعله أقصر ودون أسطر جديدة.
notices-bad-link = لا يمكن استخدام هذا الرابط. اطلب رابطًا جديدًا.
notices-bad-message = لا يمكن إرسال هذه الرسالة.
notices-bad-setting = لا يمكن استخدام هذه القيمة، فبقيت القديمة.
notices-storage = لا يستطيع الهاتف حفظ هذا. تحقق هل القرص ممتلئ أو مقفل.
notices-busy = الهاتف مشغول جدًا. حاول مرة أخرى بعد لحظات.
notices-closing = يجري إغلاق Ahoy.
notices-other = لم ينجح ذلك.
notices-microphone-failed = تعطل ميكروفونك، وتستمر المكالمة دونه.
notices-speaker-failed = تعطل مكبر صوتك، وتستمر المكالمة دونه.
notices-camera-failed = تعطلت كاميرتك، وتستمر المكالمة دونها.
notices-screen-failed = تعذّر حفظ الصور، وتستمر المكالمة.
notices-microphone-back = عاد ميكروفونك للعمل.
notices-speaker-back = عاد مكبر صوتك للعمل.
notices-camera-back = عادت كاميرتك للعمل.
notices-screen-back = عاد حفظ الصور.
# إشعارات سطح المكتب.
notice-voice-call = مكالمة صوتية
notice-video-call = مكالمة فيديو
notice-answer = رد
notice-decline = رفض
notice-call-back = معاودة الاتصال
notice-missed = { $count ->
    [one] مكالمة فائتة
    [two] مكالمتان فائتتان
    [few] { $count } مكالمات فائتة
   *[other] { $count } مكالمة فائتة
}
notice-written = { $count ->
    [one] رسالة جديدة
    [two] رسالتان جديدتان
    [few] { $count } رسائل جديدة
   *[other] { $count } رسالة جديدة
}
