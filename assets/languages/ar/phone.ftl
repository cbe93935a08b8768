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
