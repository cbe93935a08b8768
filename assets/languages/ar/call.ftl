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
parts-verified = تم التحقق

outgoing-voice = مكالمة صوتية
outgoing-video = مكالمة فيديو
outgoing-cancel = إلغاء
outgoing-cancel-spoken = إلغاء الاتصال بـ { $name }

incoming-voice = مكالمة صوتية واردة
incoming-video = مكالمة فيديو واردة
incoming-keys = مفتاح Enter للرد وEscape للرفض
incoming-by-itself = سيُرد عليها تلقائيًا بعد ثوانٍ
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
incoming-words = قل السبب
incoming-words-spoken = رفض ببضع كلمات
incoming-own-words = بكلماتك أنت
incoming-own-words-label = كلماتك لـ { $name }
incoming-send = إرسال
incoming-send-spoken = رفض المكالمة من { $name } بهذه الكلمات

switches-mute = كتم
switches-muted = مكتوم
switches-muted-spoken = صوتك مكتوم. إلغاء الكتم
switches-start-video = تشغيل الفيديو
switches-start-video-spoken = الكاميرا مطفأة. تشغيل الفيديو
switches-stop-video = إيقاف الفيديو
switches-stop-video-spoken = الكاميرا تعمل. إيقاف الفيديو
switches-hold = تعليق
switches-resume = متابعة
switches-resume-spoken = علّقت هذه المكالمة. متابعة

bar-sound = الصوت
bar-sound-spoken = اختيار الميكروفون والسماعة
bar-chat = محادثة
bar-chat-spoken = قراءة الرسائل وكتابتها والمكالمة مستمرة
bar-more = المزيد
bar-more-spoken = أزرار أخرى
bar-hang-up = إنهاء
bar-you-muted = صوتك مكتوم
bar-you-muted-talking = صوتك مكتوم: لا أحد يسمع ما تقول

line-minimise = تصغير
line-minimise-spoken = تصغير: افعل شيئًا آخر والمكالمة مستمرة
line-good = جيد
line-fair = متوسط
line-poor = ضعيف
line-bad = سيئ
line-cause-mine = شبكتك
line-cause-theirs = شبكة الطرف الآخر
line-cause-relayed = عبر مرحّل
line-cause-far = بعيد
line-cause-processor = هذا الجهاز مشغول
line-reconnecting = جارٍ إعادة الاتصال… { $seconds } ث
line-held = معلّقة
line-they-muted = صوت { $name } مكتوم
line-they-dark = كاميرا { $name } مطفأة

sheet-minimise = تصغير
sheet-minimise-spoken = تصغير: افعل شيئًا آخر والمكالمة مستمرة
sheet-fill = ملء النافذة
sheet-fill-spoken = تظهر الصورة كاملة. اجعلها تملأ النافذة
sheet-fit = إظهار الصورة كاملة
sheet-fit-spoken = الصورة تملأ النافذة. أظهرها كاملة
sheet-hide-me = أخفِ صورتي عني
sheet-show-me = أظهر لي صورتي
sheet-small-window = في نافذة صغيرة
sheet-small-window-spoken = صورتهم في نافذة صغيرة فوق كل النوافذ
sheet-verify = تحقق
sheet-verify-spoken = قارن الرموز مع { $name } لتتأكد من هويته
sheet-full-screen = ملء الشاشة
sheet-keys = المفاتيح
sheet-microphone = الميكروفون
sheet-speaker = السماعة
sheet-system = اختيار النظام
sheet-in-use = { $name }، قيد الاستخدام

in-call-picture = صورة { $name }
in-call-own-picture = صورتي
in-call-held-by-me = المكالمة معلّقة: اضغط «متابعة» للكلام
in-call-held-by-them = وضعك { $name } على الانتظار

tile-restore-spoken = العودة إلى المكالمة مع { $name }
tile-hang-up = إنهاء
tile-hang-up-spoken = إنهاء المكالمة مع { $name }
tile-held = معلّقة
tile-muted = صوتك مكتوم

numbers-toggle = أرقام
numbers-toggle-spoken = إظهار أرقام المكالمة أو إخفاؤها
numbers-me = أنت
numbers-measuring = جارٍ القياس…
numbers-delay = { $ms } مللي ثانية من الفم إلى الأذن
numbers-losses = ضاع { $lost } % من الحزم، واستُعيد { $repaired }، وعُوّض { $ms } مللي ثانية
numbers-sending = أرسل { $kbps } كيلوبت/ث في إطارات مدتها { $ms } مللي ثانية{ $times ->
    [1] {""}
    [2] ، كل إطار مرتين
    [few] ، كل إطار { $times } مرات
   *[other] ، كل إطار { $times } مرة
  }
numbers-redundancy = مع تكرار داخلي
numbers-picture = صورتي { $width }×{ $height }، { $fps } في الثانية، { $kbps } كيلوبت/ث
numbers-no-picture = لا أرسل صورة
numbers-way = يحمل الطريق نحو { $kbps } كيلوبت/ث؛ { $queue } مللي ثانية في الانتظار، وضاع { $lost } % من حزم الصورة
numbers-parts = منها: { $frame } مللي ث إطار، { $codec } مللي ث ترميز، { $network } مللي ث شبكة، { $buffer } مللي ث تخزين، { $speaker } مللي ث سماعة
numbers-copy = نسخ
numbers-copy-spoken = نسخ هذه الأرقام نصًا
numbers-copied = نُسخت الأرقام.
numbers-not-copied = تعذّر نسخ الأرقام: لا توجد حافظة.
numbers-close = إغلاق
numbers-close-spoken = إخفاء الأرقام
numbers-picture-in = صورتهم { $width }×{ $height }، { $fps } في الثانية، عمرها { $ms } مللي ث، { $freezes ->
    [zero] لم تتوقف
    [one] توقفت مرة واحدة
    [two] توقفت مرتين
    [few] توقفت { $freezes } مرات
    [many] توقفت { $freezes } مرة
   *[other] توقفت { $freezes } مرة
  }
numbers-no-picture-in = لا تصل أي صورة
numbers-path-direct = طريق مباشر، { $ms } مللي ث ذهابًا وإيابًا، يضيع { $lost } % في الذهاب
numbers-path-relay = طريق عبر مرحّل، { $ms } مللي ث ذهابًا وإيابًا، يضيع { $lost } % في الذهاب

plot-delay = التأخير { $now } مللي ث، أقصاه { $most }
plot-lost = الفقد { $now } %، أقصاه { $most }
plot-sent = المرسل { $now } كيلوبت/ث، أقصاه { $most }
plot-received = المستقبل { $now } كيلوبت/ث، أقصاه { $most }
plot-size = أسطر صورتهم: { $now }، أقصاها { $most }

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
ended-losses = ضاع { $lost } %، وعُوّض { $invented } ث
ended-delay = متوسط التأخير { $ms } مللي ث

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

shortcuts-title = المفاتيح
shortcuts-close = إغلاق
shortcuts-help-key = F1, ?
shortcuts-help = هذه القائمة
shortcuts-tab-key = Tab
shortcuts-tab = إلى الزر أو الحقل التالي
shortcuts-escape-key = Esc
shortcuts-escape = إغلاق أو رجوع أو رفض مكالمة؛ والمكالمة الجارية تستمر
shortcuts-enter-key = Enter
shortcuts-enter = الرد على مكالمة، أو ضغط ما عليه التركيز
shortcuts-mute-key = M
shortcuts-mute = كتم الصوت أو إلغاء الكتم
shortcuts-space-key = مفتاح المسافة
shortcuts-space = الكلام ما دام مضغوطًا وصوتك مكتوم
shortcuts-video-key = V
shortcuts-video = تشغيل الكاميرا أو إيقافها
shortcuts-hold-key = H
shortcuts-hold = تعليق أو متابعة
shortcuts-numbers-key = N
shortcuts-numbers = المكالمة بالأرقام
shortcuts-minimise-key = P
shortcuts-minimise = تصغير المكالمة
shortcuts-full-screen-key = F, F11
shortcuts-full-screen = ملء الشاشة؛ والحرف في المكالمة فقط
shortcuts-hang-up-key = Ctrl+Shift+H
shortcuts-hang-up = إنهاء المكالمة
shortcuts-scroll-key = Page Up, Page Down
shortcuts-scroll = التمرير
shortcuts-arrows-key = مفاتيح الأسهم
shortcuts-arrows = نقل صورتي أو مكالمة مصغّرة إلى زاوية أخرى

demo-about = لعرض جهاز لوحي على طاولة: Echo على الشاشة كلها مع أرقام حية.
demo-begin = العرض على الطاولة
demo-begin-spoken = الاتصال بـ Echo على الشاشة كلها مع أرقام حية
demo-leave = للخروج اضغط في أي مكان أو Escape
demo-busy = أنهِ مكالمتك أولًا.

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
