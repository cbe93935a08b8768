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
