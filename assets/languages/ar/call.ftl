# شاشات المكالمة.

parts-dialing = جارٍ الاتصال…
parts-alerting = يرنّ…
parts-ringing = يتصل بك
parts-connecting = جارٍ الربط…
parts-active = متصل
parts-reconnecting = جارٍ إعادة الاتصال…
parts-ended = انتهت المكالمة
parts-call = اتصال
parts-call-spoken = الاتصال بـ { $name }
parts-video = فيديو
parts-video-spoken = الاتصال بـ { $name } بالفيديو

incoming-voice = مكالمة صوتية واردة
incoming-video = مكالمة فيديو واردة
incoming-keys = مفتاح Enter للرد وEscape للرفض
incoming-decline-and-say = ارفض وقل
incoming-reply-later = سأعاود الاتصال بك
incoming-reply-meeting = أنا في اجتماع
incoming-reply-not-now = لا أستطيع الكلام الآن
incoming-decline = رفض
incoming-decline-spoken = رفض المكالمة من { $name }
incoming-decline-saying = رفض المكالمة من { $name }: { $words }
incoming-without-video = بلا فيديو
incoming-without-video-spoken = الرد على { $name } دون إرسال فيديو
incoming-with-video-spoken = الرد على { $name } بالفيديو
incoming-answer = رد
incoming-answer-spoken = الرد على { $name }

outgoing-voice = مكالمة صوتية
outgoing-video = مكالمة فيديو
outgoing-cancel = إلغاء
outgoing-cancel-spoken = إلغاء الاتصال بـ { $name }

in-call-picture = صورة { $name }
in-call-own-picture = صورتي
in-call-mute = كتم
in-call-muted = مكتوم
in-call-muted-spoken = صوتك مكتوم. إلغاء الكتم
in-call-start-video = تشغيل الفيديو
in-call-start-video-spoken = الكاميرا مطفأة. تشغيل الفيديو
in-call-stop-video = إيقاف الفيديو
in-call-stop-video-spoken = الكاميرا تعمل. إيقاف الفيديو
in-call-hold = تعليق
in-call-resume = متابعة
in-call-resume-spoken = علّقت هذه المكالمة. متابعة
in-call-verify = تحقق
in-call-verify-spoken = قارن الرموز مع { $name } لتتأكد من هويته
in-call-hang-up = إنهاء
in-call-held = معلّقة
in-call-held-by-me = المكالمة معلّقة: اضغط «متابعة» للكلام
in-call-held-by-them = وضعك { $name } على الانتظار
in-call-you-muted = صوتك مكتوم
in-call-you-muted-talking = صوتك مكتوم: لا أحد يسمع ما تقول
in-call-they-muted = صوت { $name } مكتوم

numbers-toggle = أرقام
numbers-toggle-spoken = إظهار أرقام المكالمة أو إخفاؤها
numbers-me = أنت
numbers-measuring = جارٍ القياس…
numbers-delay = { $ms } مللي ثانية من الفم إلى الأذن
numbers-parts = { $frame } إطار، { $codec } ترميز، { $network } شبكة، { $buffer } تخزين، { $speaker } سماعة
numbers-losses = ضاع { $lost } % من الحزم، واستُعيد { $repaired }، وعُوّض { $ms } مللي ثانية
numbers-sending = أرسل { $kbps } كيلوبت/ث في إطارات مدتها { $ms } مللي ثانية{ $times ->
    [1] {""}
    [2] ، كل إطار مرتين
    [few] ، كل إطار { $times } مرات
   *[other] ، كل إطار { $times } مرة
  }
numbers-redundancy = مع تكرار داخلي
numbers-picture = صورتي { $size }، { $fps } في الثانية، { $kbps } كيلوبت/ث
numbers-no-picture = لا أرسل صورة
numbers-way = يحمل الطريق نحو { $kbps } كيلوبت/ث؛ { $queue } مللي ثانية في الانتظار، وضاع { $lost } % من حزم الصورة

ended-over = انتهت المكالمة
ended-i-hung-up = أنهيت المكالمة.
ended-they-hung-up = أنهى { $name } المكالمة.
ended-cancelled = أُلغيت المكالمة
ended-cancelled-detail = أنهيتها قبل أن تتصل.
ended-declined = مرفوضة
ended-they-declined = لا يريد { $name } الكلام الآن.
ended-i-declined = رفضت المكالمة.
ended-quoted = «{ $words }»
ended-busy = مشغول
ended-they-busy = { $name } في مكالمة أخرى.
ended-missed = مكالمة فائتة
ended-missed-detail = اتصل بك { $name }.
ended-i-busy = كنت في مكالمة أخرى.
ended-no-answer = لا رد
ended-no-answer-detail = رنّ الهاتف لكن { $name } لم يرد.
ended-unreachable = تعذّر الوصول
ended-unreachable-detail = هاتف { $name } مغلق أو بلا شبكة. حاول لاحقًا.
ended-refused = رُفض الاتصال
ended-refused-detail = هاتف { $name } لا يقبل مكالماتك: لم يضفك، أو حظرك، أو يعمل بإصدار آخر.
ended-lost = انقطع الاتصال
ended-lost-detail = لم يعد يُسمع شيء من { $name }.
ended-not-connected = لم يتم الربط
ended-not-connected-detail = قُبلت المكالمة، لكن لم يوجد طريق للصوت والصورة.
ended-failed = فشلت المكالمة
ended-failed-detail = تعذّر فتح ميكروفون أو سماعة أو كاميرا أو الشبكة.
ended-back = رجوع
ended-back-spoken = مغادرة هذه المكالمة
ended-write = كتابة
ended-write-spoken = الكتابة إلى { $name }
ended-call-again = اتصل ثانية
ended-call-again-spoken = الاتصال بـ { $name } مرة أخرى
ended-call-back = عاود الاتصال
ended-call-back-spoken = معاودة الاتصال بـ { $name }

banner-rings = { $name } يتصل
banner-rings-video = { $name } يتصل بالفيديو
banner-rings-silently = { $name } يتصل، بصمت
banner-held = { $name } على الانتظار
banner-goes-on = أنت في مكالمة مع { $name }
banner-answer = رد
banner-answer-spoken = الرد على { $name }
banner-decline = رفض
banner-decline-spoken = رفض المكالمة من { $name }
banner-hang-up = إنهاء
banner-hang-up-spoken = إنهاء المكالمة مع { $name }
banner-hold-and-answer = علّق ورد
banner-hold-and-answer-spoken = تعليق هذه المكالمة والرد على { $name }
banner-end-and-answer = أنهِ ورد
banner-end-and-answer-spoken = إنهاء هذه المكالمة والرد على { $name }
banner-swap = تبديل
banner-swap-spoken = تعليق هذه المكالمة والكلام مع { $name }
banner-resume = متابعة
banner-resume-spoken = متابعة الكلام مع { $name }

compare-asked = يريد { $name } مقارنة الرموز
compare-asked-hint = يعرض الهاتفان سبع كلمات. اقرآها بعضكما لبعض أثناء الكلام.
compare-not-now = ليس الآن
compare-not-now-spoken = ليس الآن: مغادرة المقارنة
compare-join = قارن
compare-waiting = في انتظار { $name }
compare-waiting-hint = على الهاتف الآخر أن ينضم. اطلب ذلك أثناء الكلام.
compare-cancel = إلغاء
compare-cancel-spoken = إلغاء: مغادرة المقارنة
compare-same = هل يرى { $name } الشيء نفسه؟
compare-same-hint = اقرآ الكلمات بهذا الترتيب، أو الأرقام.
compare-sign-spoken = { $place }: { $name }
compare-they-differ = إنها مختلفة
compare-they-match = إنها متطابقة
compare-waiting-for-peer = قلت إنها متطابقة
compare-waiting-for-peer-hint = على { $name } أن يؤكد ذلك أيضًا.
compare-done = تم التحقق من { $name }
compare-done-hint = لا أحد يقف بين هاتفيكما.
compare-failed = لم يتم التحقق من { $name }
compare-close = إغلاق
compare-close-spoken = إغلاق: مغادرة المقارنة
# أيّ الرموز الأربعة والستين، بالعدّ من الصفر وبترتيب مواصفة Matrix.
compare-emoji = { $index ->
    [0] كلب
    [1] قطة
    [2] أسد
    [3] حصان
    [4] وحيد القرن الخرافي
    [5] خنزير
    [6] فيل
    [7] أرنب
    [8] باندا
    [9] ديك
    [10] بطريق
    [11] سلحفاة
    [12] سمكة
    [13] أخطبوط
    [14] فراشة
    [15] زهرة
    [16] شجرة
    [17] صبار
    [18] فطر
    [19] كرة أرضية
    [20] قمر
    [21] سحابة
    [22] نار
    [23] موزة
    [24] تفاحة
    [25] فراولة
    [26] ذرة
    [27] بيتزا
    [28] كعكة
    [29] قلب
    [30] وجه مبتسم
    [31] روبوت
    [32] قبعة
    [33] نظارة
    [34] مفتاح ربط
    [35] بابا نويل
    [36] إبهام مرفوع
    [37] مظلة
    [38] ساعة رملية
    [39] ساعة
    [40] هدية
    [41] مصباح
    [42] كتاب
    [43] قلم رصاص
    [44] مشبك ورق
    [45] مقص
    [46] قفل
    [47] مفتاح
    [48] مطرقة
    [49] هاتف
    [50] علم
    [51] قطار
    [52] دراجة
    [53] طائرة
    [54] صاروخ
    [55] كأس
    [56] كرة
    [57] غيتار
    [58] بوق
    [59] جرس
    [60] مرساة
    [61] سماعات
    [62] مجلد
   *[63] دبوس
  }
