# The phone itself: adding people, devices, settings, the first steps.

pairing-title = Add someone
pairing-mine = My link
pairing-mine-hint = Let the other phone scan it, or send it as text.
pairing-copy = Copy my link
pairing-copied = Your link is copied. Send it to somebody you want to talk to.
pairing-not-copied = The link could not be copied. Let the other phone scan the code instead.
pairing-no-link-yet = The link is not ready yet; try again in a moment.
pairing-theirs = Their link
pairing-link-hint = ahoy:…
pairing-link-label = Link of a new contact
pairing-no-link = Paste the link of the person first.
pairing-paste = Paste
pairing-paste-spoken = Paste a link
pairing-paste-too-long = What was copied is too long to be a contact link.
pairing-nothing-to-paste = There is no text to paste; copy a link first.
pairing-next = Next
pairing-next-spoken = Look at the phone of this link
pairing-scan = Scan
pairing-scan-spoken = Scan a code with the camera
pairing-stop = Stop
pairing-stop-spoken = Stop looking with the camera
pairing-finder = What the camera sees
pairing-hold-code = Hold the other phone's code in front of the camera.
pairing-open = While this page is open, phones on your network can see yours, and whoever has your link can knock.
pairing-closed = Your phone has closed itself: nobody can see it or knock any more.
pairing-open-again = Open again
pairing-open-again-spoken = Open this phone for pairing again

strangers-nearby = Phones nearby
strangers-knocking = Wants to add you
strangers-looking = Looking. The other phone must be on the same network, with this page open.
strangers-words = Safety words
strangers-add = Add
strangers-add-spoken = Add { $name }
strangers-ignore = Ignore
strangers-ignore-spoken = Ignore { $name }

candidate-question = Add { $name }?
candidate-name = The name you give
candidate-name-hint = Name
candidate-name-label = Name of the new contact
candidate-words = Safety words: the other phone shows the same, unless somebody stands between you.
candidate-cancel = Cancel
candidate-cancel-spoken = Do not add this phone
candidate-add = Add
candidate-add-spoken = Add { $name }
candidate-added = { $name } is added. You can talk once you are added there too.
candidate-known = You have already added this phone: { $name }.
candidate-not-ready = Your own phone is not ready yet; try again in a moment.
candidate-own-link = This is your own link. Ask the other person for theirs.
candidate-no-link = This is no contact link: one begins with “ahoy:”. Ask the other person for theirs.
candidate-damaged = This link is damaged. Copy it again, whole and unchanged.
candidate-forged = This link is damaged or forged. Copy it again, or ask its owner for a new one.
candidate-newer = This link was made by a newer Ahoy. Update yours to use it.
candidate-too-long = This is too long to be a contact link. Copy it again, alone.

my-name-title = Your name
my-name-wanted = Your name, so that others see who you are
my-name-save = Save
my-name-save-spoken = Save your name
my-name-kept = Your link and code say { $name } from now on.
my-name-gone = Your link carries no name any more.

qr-mine = My link as a QR code

devices-title = Sound and picture
devices-microphone = Microphone: { $what }
devices-speaker = Speaker: { $what }
devices-camera = Camera: { $what }
devices-off = off
devices-looking = looking…
devices-none = none found
devices-switch = Switch
devices-switch-spoken = Switch to another camera

## Controls

controls-on = On
controls-off = Off
controls-less = Less
controls-less-spoken = { $what }: less
controls-more = More
controls-more-spoken = { $what }: more

## Trying devices

trial-microphone = Microphone
trial-speaker = Speaker
trial-camera = Camera
trial-which-microphone = Which microphone
trial-which-speaker = Which speaker
trial-which-camera = Which camera
trial-system = As the system chooses
trial-system-named = As the system chooses: { $name }
trial-not-there = { $name } (not there now)
trial-no-microphone = No microphone was found. Connect one and come back.
trial-no-speaker = No speaker was found. Connect one and come back.
trial-no-camera = No camera was found. You can call by voice, and see others.
trial-meter = How loud you are
trial-listen = Try the microphone
trial-listen-stop = Stop listening
trial-microphone-hint = Nothing is recorded, and nobody else hears you.
trial-speak = Say something. If the bar stays empty, choose another microphone.
trial-heard = You are heard. The microphone works.
trial-microphone-failed = The microphone cannot be used. Choose another one, or close the program that holds it.
trial-play = Play a sound
trial-speaker-hint = You should hear a short melody.
trial-playing = Playing… do you hear it?
trial-played = If you heard nothing, turn up the volume or choose another speaker.
trial-speaker-failed = The speaker cannot be used. Choose another one, or close the program that holds it.
trial-look = Show my picture
trial-look-stop = Camera off
trial-camera-hint = The camera stays off until you press the button. Nobody else sees the picture.
trial-looking = Only you see this picture, as in a mirror.
trial-mirror = Your camera's picture
trial-camera-failed = The camera cannot be used. Choose another one, or close the program that holds it.

## The first steps

first-run-step = Step { $number } of { $of }
first-run-skip = Skip all
first-run-skip-spoken = Skip the first steps
first-run-back = Back
first-run-next = Next
first-run-done = Done
first-run-add = Add someone
first-run-name = Welcome to Ahoy
first-run-name-about = What should others call you? Your name travels in your link and code. There is no account, and you may leave it empty.
first-run-microphone = Are you heard?
first-run-microphone-about = Say a few words and watch the bar. You can do this later in the settings.
first-run-speaker = Do you hear?
first-run-speaker-about = Play a short sound. You can do this later in the settings.
first-run-camera = Are you seen?
first-run-camera-about = For video calls only; voice calls need no camera.
first-run-code = This is you
first-run-code-about = Let somebody scan this code, or send them your link. They show you theirs, and you can call each other.

## Settings

settings-title = Settings
settings-system = As the system

settings-me = My name and code
settings-me-about = What others see, and how they add you
settings-me-code = My code and link
settings-me-code-about = Whoever has it can add you and knock. You talk once both have added each other.

settings-sound = Sound and camera
settings-sound-about = Microphone, speaker, camera, each with a test
settings-sound-hint = Your choice counts from the next call on, and at once in a call that goes on.
settings-processing = Clean up my voice
settings-processing-about = Takes away echo and noise, and evens out loudness. Leave it on unless you play music.
settings-low-delay = Least delay
settings-low-delay-about = A little faster on good connections, for a little more data.

settings-picture = Picture
settings-picture-about = How pictures are shown, and what yours may cost
settings-picture-theirs = The other side's picture
settings-fit = In a window of another shape
settings-fit-fit = Whole, with bars
settings-fit-fill = Fill, lose the edges
settings-picture-mine = My picture
settings-prefer = When the connection is narrow
settings-prefer-about = Keep it moving for sign language and lip reading, keep it sharp to show things.
settings-prefer-balanced = A bit of both
settings-prefer-sharpness = Keep it sharp
settings-prefer-motion = Keep it moving
settings-max-kbps = At most
settings-max-kbps-about = More looks better where the connection carries it.
settings-kbps = { $kbps } kbit/s

settings-quiet = Privacy and quiet
settings-quiet-about = Do not disturb, second calls, silent and blocked people
settings-quiet-hint = You silence or block people on their own pages. They are not told.
settings-dnd = Do not disturb
settings-dnd-about = Calls make no sound and end as missed.
settings-waiting = Second calls
settings-waiting-about = Somebody who calls while you talk rings softly. When off, they hear that you are busy.
settings-silent = Silent people
settings-silent-none = Nobody. Calls of everybody ring.
settings-silent-back = Let ring
settings-silent-back-spoken = Let calls of { $name } ring again
settings-blocked = Blocked people
settings-blocked-none = Nobody is blocked.
settings-blocked-back = Unblock
settings-blocked-back-spoken = Unblock { $name }

settings-network = Network and data
settings-network-about = How phones find each other, and how much data calls use
settings-reach = Reaching this phone
settings-listening = Reachable at { $addresses }
settings-listening-nowhere = Not reachable yet. Check whether this device is online.
settings-reach-about = Calls go straight from phone to phone where the networks allow it. The person you talk with then sees your network address, as with every direct call.
settings-relay = Relay
settings-relay-about = A relay helps two phones find each other and passes packets on where there is no direct way. It sees network addresses, times and amounts, never sound, picture, names or messages.
settings-relay-default = Public relays
settings-relay-none = No relay
settings-relay-field = Address of a relay of your own
settings-relay-field-hint = https://…
settings-relay-save = Use
settings-relay-save-spoken = Use this relay
settings-relay-when = Counts from the next start of Ahoy on. Without a relay, only phones with a direct way are reached.
settings-low-data = Use little data
settings-low-data-about = A small picture, about 300 kbit/s in all, for calls that cost money.

settings-looks = Look and language
settings-looks-about = Language, size of text, colours, motion, large buttons
settings-language = Language
settings-text-size = Size of text
settings-percent = { $percent } %
settings-theme = Colours
settings-theme-light = Light
settings-theme-dark = Dark
settings-motion = Motion
settings-motion-about = With less motion nothing slides or fades.
settings-motion-less = Less
settings-motion-normal = Normal
settings-big-buttons = Large buttons
settings-big-buttons-about = Fewer and larger buttons. Calls of people you chose may then be answered by themselves.

settings-backup = Backup
settings-backup-about = Keep your identity and contacts safe
settings-export = Make a backup
settings-export-about = In a terminal, this keeps your identity and your contacts in a file that only your passphrase opens:
settings-export-command = ahoy export ahoy.backup
settings-import = Use a backup
settings-import-about = On a new device, before you add anybody:
settings-import-command = ahoy import ahoy.backup
settings-backup-hint = Messages and past calls are not in it. Whoever has file and passphrase can be you: keep both well, and apart.

settings-about = About Ahoy
settings-about-about = Version, licence, what others can see
settings-version = Ahoy { $version }
settings-licence = Free software under { $licence }. No account, no advertising, nothing counted.
settings-parts = The fonts Inter and Noto stand under the SIL Open Font License.
settings-seen = What others can see
settings-seen-calls = Calls and messages are sealed from phone to phone. Nobody in between hears, sees or reads them.
settings-seen-contacts = Whoever has your link can tell whether your phone is online. People you did not add, and people you blocked, never ring.
settings-seen-network = While the page “Add someone” is open, phones on the same network see your name.
settings-seen-relay = A relay sees two keys, two network addresses, times and amounts, nothing else.
settings-seen-disk = What this phone keeps is sealed with a key that lies beside it: protect the device with a lock.
settings-first-run = Show the first steps
settings-first-run-about = Name, microphone, speaker, camera and code, one after the other.

## What the phone has to tell

notices-message = { $name } sent you a message.
notices-called-meanwhile = { $name } called while your phone could not be reached.
notices-unreachable = { $name } cannot be reached. The other phone may be off, or without a network.
notices-turned-away = { $name } takes no calls from you. Ask whether you were added there.
notices-unreadable = { $name } cannot read what you write. Add each other anew.
notices-new-installation = { $name } has a new or restored phone. Compare the safety words.
notices-compare-asked = { $name } wants to compare emoji with you.
notices-compare-absent = { $name } cannot be reached. Both phones must run to compare emoji.
notices-compare-failed = { $name } is not verified: the comparison was not finished. You can begin anew.
notices-compare-different = { $name } is NOT verified: somebody may stand between you. Say nothing secret.
notices-knock = Somebody wants to add you. Open “Add someone” to see who.
notices-pair-told = The other phone was told. Its person still has to add you.
notices-pair-closed = Added. The other person must add you too: ask them to open “Add someone”.
notices-pair-absent = Added. The other phone cannot be reached now, and its person must add you too.
notices-other-key = { $name } was added, but you know another phone of this name. Compare the safety words before you trust it.
notices-call-failed = The call could not begin.
notices-not-recorded = The call is missing among past calls.
notices-in-call = A call is going on. End it first.
notices-not-now = This cannot be done now: the call has ended or is still on its way.
notices-nothing-held = No call is on hold.
notices-nothing-compared = No emoji are being compared.
notices-not-nearby = The other phone is not seen any more. Ask its person to open “Add someone”.
notices-unknown = Nobody here is called { $name }.
notices-ambiguous = Several people fit { $name }. Choose one from the list.
notices-blocked = { $name } is blocked. Unblock first.
notices-not-verified = { $name } is not verified. Compare the safety words first.
notices-name-taken = Somebody else is already called { $name }. Choose another name.
notices-bad-name = This name cannot be used. Make it shorter, without line breaks.
notices-bad-link = This link cannot be used. Ask for a new one.
notices-bad-message = This message cannot be sent.
notices-bad-setting = This value cannot be used, so the old one stays.
notices-storage = The phone cannot remember this. Check whether the disk is full or locked.
notices-busy = The phone has too much to do. Try again in a moment.
notices-closing = Ahoy is closing.
notices-other = That did not work.
notices-microphone-failed = Your microphone failed; the call goes on without it.
notices-speaker-failed = Your speaker failed; the call goes on without it.
notices-camera-failed = Your camera failed; the call goes on without it.
notices-screen-failed = The pictures cannot be written any more; the call goes on.
notices-microphone-back = Your microphone works again.
notices-speaker-back = Your speaker works again.
notices-camera-back = Your camera works again.
notices-screen-back = The pictures are written again.
# Notices of the desktop.
notice-voice-call = Voice call
notice-video-call = Video call
notice-answer = Answer
notice-decline = Decline
notice-call-back = Call back
notice-missed = { $count ->
    [one] Missed call
   *[other] { $count } missed calls
}
notice-written = { $count ->
    [one] New message
   *[other] { $count } new messages
}
