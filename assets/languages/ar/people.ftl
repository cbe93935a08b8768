# الأشخاص، وما كُتب إليهم، والمكالمات معهم، وما يُعرف عنهم.

## الصفحات

page-back = رجوع

## المكالمات السابقة والأوقات

call-words-missed-voice = مكالمة صوتية فائتة
call-words-missed-video = مكالمة فيديو فائتة
call-words-incoming-voice = مكالمة صوتية واردة
call-words-incoming-video = مكالمة فيديو واردة
call-words-outgoing-voice = مكالمة صوتية صادرة
call-words-outgoing-video = مكالمة فيديو صادرة
call-words-declined = مرفوضة
call-words-you-were-busy = كنت في مكالمة أخرى
call-words-busy = مشغول
call-words-no-answer = لا رد
call-words-not-reachable = تعذّر الوصول
call-words-cancelled = أُلغيت
call-words-connection-lost = انقطع الاتصال
call-words-failed = فشلت
call-words-length-and = { $length }، { $words }
call-words-just-now = الآن
call-words-minutes-ago =
    { $count ->
        [zero] الآن
        [one] قبل دقيقة
        [two] قبل دقيقتين
        [few] قبل { $count } دقائق
        [many] قبل { $count } دقيقة
       *[other] قبل { $count } دقيقة
    }
call-words-hours-ago =
    { $count ->
        [zero] الآن
        [one] قبل ساعة
        [two] قبل ساعتين
        [few] قبل { $count } ساعات
        [many] قبل { $count } ساعة
       *[other] قبل { $count } ساعة
    }
call-words-days-ago =
    { $count ->
        [zero] اليوم
        [one] قبل يوم
        [two] قبل يومين
        [few] قبل { $count } أيام
        [many] قبل { $count } يومًا
       *[other] قبل { $count } يوم
    }

## الجميع

contacts-title = Ahoy
contacts-people = الأشخاص
contacts-add = إضافة
contacts-add-someone = إضافة شخص
contacts-add-hint = اعرض رمزك، أو أرسل رابطك، أو اعثر على هاتف في الشبكة نفسها.
contacts-calls = المكالمات
contacts-past-calls = المكالمات السابقة
contacts-missed =
    { $count ->
        [zero] لا فائتة
        [one] مكالمة فائتة
        [two] فائتتان
        [few] { $count } فائتة
        [many] { $count } فائتة
       *[other] { $count } فائتة
    }
contacts-missed-calls =
    { $count ->
        [zero] لا مكالمات فائتة. المكالمات السابقة
        [one] مكالمة فائتة واحدة. المكالمات السابقة
        [two] مكالمتان فائتتان. المكالمات السابقة
        [few] { $count } مكالمات فائتة. المكالمات السابقة
        [many] { $count } مكالمة فائتة. المكالمات السابقة
       *[other] { $count } مكالمة فائتة. المكالمات السابقة
    }
contacts-conversation = محادثة مع { $name }
contacts-favourite = مفضّل
contacts-verified = موثَّق
contacts-not-verified = غير موثَّق بعد
contacts-blocked = محظور
contacts-silent = المكالمات صامتة
contacts-echo = اسمع نفسك وشاهدها
contacts-writing = يكتب…
contacts-unread =
    { $count ->
        [zero] لا جديد
        [one] جديدة واحدة
        [two] جديدتان
        [few] { $count } جديدة
        [many] { $count } جديدة
       *[other] { $count } جديدة
    }
contacts-stopped = توقّف: { $why }
contacts-getting-ready = جارٍ الاستعداد…
contacts-ready = جاهز للمكالمات

## محادثة

conversation-about = معلومات
conversation-about-name = معلومات عن { $name }
conversation-write = اكتب رسالة
conversation-text-to = رسالة إلى { $name }
conversation-send = إرسال
conversation-send-to = إرسال إلى { $name }
conversation-not-seen = لم يظهر بعد
conversation-seen = آخر ظهور { $ago }

## ما فيها

messages-none = لا رسائل بعد. تنتظر الرسائل هنا إلى أن يتصل الهاتف الآخر بالشبكة.
messages-you-wrote = كتبتَ: { $text }
messages-they-wrote = كُتب إليك: { $text }
messages-waiting = في انتظار الإرسال
messages-sent = أُرسلت
messages-delivered = وصلت
messages-read = قُرئت
messages-also-ago = { $also }، { $ago }

## جهة اتصال

contact-name = الاسم
contact-name-of = اسم جهة الاتصال هذه
contact-save = حفظ
contact-save-name = حفظ الاسم
contact-safety-words = كلمات الأمان
contact-safety-words-are = كلمات الأمان: { $words }
contact-same-words = يرى { $name } الكلمات نفسها، إلا إذا تدخّل أحد بينكما.
contact-compare = مقارنة الرموز
contact-compare-with = مقارنة الرموز مع { $name } على الهاتفين معًا
contact-words-same = الكلمات متطابقة
contact-words-same-name = كلمات الأمان متطابقة: وثِّق { $name }
contact-verified = موثَّق: قارنتَ مع هذا الشخص.
contact-not-verified = غير موثَّق بعد. قارنا أثناء الحديث أو ليقرأ كلٌّ منكما الكلمات للآخر.
contact-favourite = مفضّل
contact-favourite-change = { $name } من المفضّلين. تغيير
contact-make-favourite = إضافة إلى المفضّلين
contact-silent = المكالمات صامتة
contact-silent-change = المكالمات صامتة. اسمح لها بالرنين
contact-silence = كتم المكالمات
contact-blocked = محظور
contact-blocked-change = { $name } محظور. إلغاء الحظر
contact-block = حظر
contact-remove = إزالة
contact-remove-sure = إزالة حقًا؟
contact-remove-sure-name = إزالة { $name } وكل ما كُتب حقًا؟

## المكالمات السابقة

history-title = المكالمات
history-none = لا مكالمات بعد.
history-delete-all = حذف الكل
history-delete-all-spoken = حذف كل المكالمات من هذه القائمة
history-delete-all-sure = حذف الكل حقًا؟
history-call-back = معاودة الاتصال
history-call-back-name = معاودة الاتصال بـ{ $name }
history-delete = حذف
history-delete-call = حذف هذه المكالمة مع { $name }
