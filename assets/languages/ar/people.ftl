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
# How far a text of mine has come
call-words-waiting = في انتظار الإرسال
call-words-sent = أُرسلت
call-words-delivered = وصلت
call-words-read = قُرئت
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

## متى كان ذلك

moments-date = { $day } { $month } { $year }
moments-day-month = { $day } { $month }
moments-month-year = { $month } { $year }
moments-month =
    { $month ->
        [1] يناير
        [2] فبراير
        [3] مارس
        [4] أبريل
        [5] مايو
        [6] يونيو
        [7] يوليو
        [8] أغسطس
        [9] سبتمبر
        [10] أكتوبر
        [11] نوفمبر
       *[12] ديسمبر
    }
moments-now = الآن
moments-minutes =
    { $count ->
        [zero] الآن
        [one] دقيقة
        [two] دقيقتان
        [few] { $count } دقائق
        [many] { $count } دقيقة
       *[other] { $count } دقيقة
    }
moments-hours =
    { $count ->
        [zero] الآن
        [one] ساعة
        [two] ساعتان
        [few] { $count } ساعات
        [many] { $count } ساعة
       *[other] { $count } ساعة
    }
moments-days =
    { $count ->
        [zero] اليوم
        [one] يوم
        [two] يومان
        [few] { $count } أيام
        [many] { $count } يومًا
       *[other] { $count } يوم
    }

## الجميع

contacts-title = Ahoy
contacts-add = إضافة
contacts-add-someone = إضافة شخص
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
contacts-search = بحث
contacts-search-label = البحث عن الأشخاص والرسائل
contacts-not-found = لا أحد بهذا الاسم، ولا رسالة فيها ذلك.
contacts-nobody = لا أحد هنا بعد. أضف شخصًا برمز أو رابط أو هاتف قريب، وعليه أن يضيفك أيضًا. وحتى ذلك الحين يمكنك تجربة مكالمة مع Echo.
contacts-settings = الإعدادات

## آخر ما كان مع شخص

lately-you-wrote = أنت: { $words }
person-row-found = { $name }: { $text }

## بجانب القائمة

welcome-choose = اختر شخصًا للقراءة أو الكتابة أو الاتصال.
welcome-echo = جرّب مكالمة مع Echo

## محادثة

conversation-about-name = معلومات عن { $name }
conversation-write = اكتب رسالة
conversation-text-to = رسالة إلى { $name }
conversation-send = إرسال
conversation-send-to = إرسال إلى { $name }
conversation-not-seen = لم يظهر بعد
conversation-seen = آخر ظهور { $when }

## ما فيها

messages-none = لا رسائل بعد. تنتظر الرسائل هنا إلى أن يتصل الهاتف الآخر بالشبكة.
messages-you-wrote = كتبتَ: { $text }
messages-they-wrote = كُتب إليك: { $text }
messages-earlier = الأقدم
messages-newest = إلى الأحدث
messages-copied = تم النسخ.
messages-not-copied = تعذّر النسخ: { $why }
messages-also-when = { $also }، { $when }

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
contact-unblock-name = { $name } محظور. إلغاء الحظر
contact-block = حظر
contact-remove = إزالة
contact-remove-sure = إزالة حقًا؟
contact-remove-sure-name = إزالة { $name } وكل ما كُتب حقًا؟
contact-write = كتابة
contact-write-to = الكتابة إلى { $name }
contact-calls = المكالمات
contact-block-about = لا يستطيع المحظور الاتصال ولا الكتابة. ولن يُخبَر { $name } بذلك.
contact-unblock = إلغاء الحظر
contact-remove-about = تؤدي الإزالة إلى نسيان { $name } وكل ما كُتب. وتبقى المكالمات السابقة في القائمة.

## قواعد لجهة اتصال

rules-title = ما المسموح به
rules-favourite = مفضّل
rules-favourite-about = يظهر أولًا في القائمة.
rules-silence = مكالمات صامتة
rules-silence-about = تظهر المكالمات في النافذة دون صوت.
rules-answer = الرد تلقائيًا
rules-answer-about = بعد ثوانٍ من الرنين يسمع { $name } ما يسمعه ميكروفونك، دون أن يضغط أحد شيئًا. لمن يعتني بك.
rules-answer-unverified = فقط لمن وثّقتَهم: قارن كلمات الأمان مع { $name } أولًا.
rules-answer-video = وبالكاميرا أيضًا
rules-answer-video-about = عندما يتصل { $name } بالفيديو تعمل كاميرتك تلقائيًا كذلك.

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
history-all = الكل
history-all-spoken = عرض كل المكالمات
history-missed = الفائتة
history-missed-spoken = عرض المكالمات الفائتة فقط
history-with = المكالمات مع { $name }
history-only-with = عرض المكالمات مع { $name } فقط
history-none-missed = لا مكالمات فائتة.
history-none-with = لا مكالمات مع هذا الشخص.
history-older = عرض الأقدم
history-newest = إلى الأحدث
