# The screens of a call.

parts-dialing = Calling…
parts-alerting = Ringing…
parts-ringing = Calling you
parts-connecting = Connecting…
parts-active = Connected
parts-reconnecting = Reconnecting…
parts-ended = Call ended
parts-call = Call
parts-call-spoken = Call { $name }
parts-video = Video
parts-video-spoken = Call { $name } with video
parts-verified = Verified

outgoing-voice = Voice call
outgoing-video = Video call
outgoing-cancel = Cancel
outgoing-cancel-spoken = Cancel the call to { $name }

incoming-voice = Voice call: calling you
incoming-video = Video call: calling you
incoming-keys = Enter answers, Escape declines
incoming-by-itself = It is answered by itself in a few seconds
incoming-decline-and-say = Decline and say
incoming-reply-later = I'll call back
incoming-reply-meeting = In a meeting
incoming-reply-not-now = Can't talk now
incoming-decline = Decline
incoming-decline-spoken = Decline the call from { $name }
incoming-decline-saying = Decline the call from { $name }: { $words }
incoming-without-video = Without video
incoming-without-video-spoken = Answer { $name } without sending video
incoming-with-video-spoken = Answer { $name } with video
incoming-answer = Answer
incoming-answer-spoken = Answer { $name }
incoming-words = Say why
incoming-words-spoken = Decline with a few words
incoming-own-words = In your own words
incoming-own-words-label = Your own words for { $name }
incoming-send = Send
incoming-send-spoken = Decline the call from { $name } with these words

switches-mute = Mute
switches-muted = Muted
switches-muted-spoken = You are muted. Unmute
switches-start-video = Start video
switches-start-video-spoken = Your camera is off. Start video
switches-stop-video = Stop video
switches-stop-video-spoken = Your camera is on. Stop video
switches-hold = Hold
switches-resume = Resume
switches-resume-spoken = You hold this call. Resume

bar-sound = Sound
bar-sound-spoken = Choose microphone and speaker
bar-chat = Chat
bar-chat-spoken = Read and write messages; the call goes on
bar-more = More
bar-more-spoken = More controls
bar-hang-up = Hang up
bar-you-muted = You are muted
bar-you-muted-talking = You are muted: nobody hears what you say

line-minimise = Minimise
line-minimise-spoken = Minimise: do something else, the call goes on
line-good = Good
line-fair = Fair
line-poor = Poor
line-bad = Bad
line-cause-mine = your network
line-cause-theirs = their network
line-cause-relayed = over a relay
line-cause-far = far away
line-cause-processor = this device is busy
line-reconnecting = Reconnecting… { $seconds } s
line-held = On hold
line-they-muted = { $name } is muted
line-they-dark = { $name }'s camera is off

sheet-minimise = Minimise
sheet-minimise-spoken = Minimise: do something else, the call goes on
sheet-fill = Fill the window
sheet-fill-spoken = The whole picture is shown. Have it fill the window
sheet-fit = Show the whole picture
sheet-fit-spoken = The picture fills the window. Show all of it
sheet-hide-me = Hide my picture from me
sheet-show-me = Show me my picture
sheet-small-window = In a small window
sheet-small-window-spoken = Their picture in a small window above all others
sheet-verify = Verify
sheet-verify-spoken = Compare emoji with { $name } to be sure who it is
sheet-full-screen = Full screen
sheet-keys = Keys
sheet-microphone = Microphone
sheet-speaker = Speaker
sheet-system = The system's choice
sheet-in-use = { $name }, in use

in-call-picture = Picture of { $name }
in-call-own-picture = My own picture
in-call-held-by-me = On hold: press Resume to talk
in-call-held-by-them = { $name } has put you on hold

tile-restore-spoken = Back to the call with { $name }
tile-hang-up = Hang up
tile-hang-up-spoken = Hang up on { $name }
tile-held = On hold
tile-muted = You are muted

numbers-toggle = Numbers
numbers-toggle-spoken = Show or hide the call in numbers
numbers-me = You
numbers-measuring = Measuring…
numbers-delay = { $ms } ms from mouth to ear
numbers-losses = { $lost } % of packets lost, { $repaired } brought back, { $ms } ms made up
numbers-sending = I send { $kbps } kbit/s in frames of { $ms } ms{ $times ->
    [1] {""}
    [2] , each twice
   *[other] , each { $times } times
  }
numbers-redundancy = redundancy inside
numbers-picture = My picture has { $width }×{ $height }, { $fps } a second, { $kbps } kbit/s
numbers-no-picture = I send no picture
numbers-way = The way carries about { $kbps } kbit/s; { $queue } ms in queues, { $lost } % of pictures' packets lost
numbers-parts = Of these: { $frame } ms frame, { $codec } ms codec, { $network } ms network, { $buffer } ms buffer, { $speaker } ms speaker
numbers-copy = Copy
numbers-copy-spoken = Copy these numbers as text
numbers-copied = The numbers are copied.
numbers-not-copied = The numbers could not be copied: there is no clipboard.
numbers-close = Close
numbers-close-spoken = Hide the numbers
numbers-picture-in = Their picture has { $width }×{ $height }, { $fps } a second, { $ms } ms old, stood still { $freezes ->
    [one] once
   *[other] { $freezes } times
  }
numbers-no-picture-in = No picture comes in
numbers-path-direct = Direct path, { $ms } ms there and back, { $lost } % lost on the way out
numbers-path-relay = Path over a relay, { $ms } ms there and back, { $lost } % lost on the way out

plot-delay = Delay { $now } ms, at most { $most }
plot-lost = Lost { $now } %, at most { $most }
plot-sent = Sent { $now } kbit/s, at most { $most }
plot-received = Received { $now } kbit/s, at most { $most }
plot-size = Rows of their picture: { $now }, at most { $most }

ended-over = Call ended
ended-i-hung-up = You hung up.
ended-they-hung-up = { $name } hung up.
ended-cancelled = Call cancelled
ended-cancelled-detail = You ended it before it was connected.
ended-declined = Declined
ended-they-declined = { $name } does not want to talk now.
ended-i-declined = You declined the call.
ended-quoted = “{ $words }”
ended-busy = Busy
ended-they-busy = { $name } is in another call.
ended-missed = Missed call
ended-missed-detail = { $name } called.
ended-i-busy = You were in another call.
ended-no-answer = No answer
ended-no-answer-detail = It rang, but { $name } did not answer.
ended-unreachable = Not reachable
ended-unreachable-detail = The phone of { $name } is off or has no network. Try again later.
ended-refused = Refused
ended-refused-detail = The phone of { $name } does not take your calls: it has not added you, has blocked you, or runs another version.
ended-lost = Connection lost
ended-lost-detail = Nothing was heard from { $name } any more.
ended-not-connected = Not connected
ended-not-connected-detail = The call was answered, but no way for sound and picture was found.
ended-failed = The call failed
ended-failed-detail = A microphone, speaker, camera or the network could not be opened.
ended-back = Back
ended-back-spoken = Leave this call
ended-write = Write
ended-write-spoken = Write to { $name }
ended-call-again = Call again
ended-call-again-spoken = Call { $name } again
ended-call-back = Call back
ended-call-back-spoken = Call { $name } back
ended-losses = { $lost } % lost, { $invented } s invented
ended-delay = { $ms } ms delay on average

banner-rings = { $name } is calling
banner-rings-video = { $name } is calling with video
banner-rings-silently = { $name } is calling, silently
banner-held = { $name } is on hold
banner-goes-on = You are in a call with { $name }
banner-answer = Answer
banner-answer-spoken = Answer { $name }
banner-decline = Decline
banner-decline-spoken = Decline the call from { $name }
banner-hang-up = Hang up
banner-hang-up-spoken = Hang up on { $name }
banner-hold-and-answer = Hold & answer
banner-hold-and-answer-spoken = Hold this call and answer { $name }
banner-end-and-answer = End & answer
banner-end-and-answer-spoken = End this call and answer { $name }
banner-swap = Swap
banner-swap-spoken = Hold this call and talk to { $name }
banner-resume = Resume
banner-resume-spoken = Go on talking to { $name }

shortcuts-title = Keys
shortcuts-close = Close
shortcuts-help-key = F1, ?
shortcuts-help = This list
shortcuts-tab-key = Tab
shortcuts-tab = To the next button or field
shortcuts-escape-key = Esc
shortcuts-escape = Close, go back, decline a call; a running call goes on
shortcuts-enter-key = Enter
shortcuts-enter = Answer a call, press what is in focus
shortcuts-mute-key = M
shortcuts-mute = Mute, unmute
shortcuts-space-key = Space
shortcuts-space = Talk for as long as it is held, while muted
shortcuts-video-key = V
shortcuts-video = Camera on, off
shortcuts-hold-key = H
shortcuts-hold = Hold, resume
shortcuts-numbers-key = N
shortcuts-numbers = The call in numbers
shortcuts-minimise-key = P
shortcuts-minimise = Minimise the call
shortcuts-full-screen-key = F, F11
shortcuts-full-screen = Full screen; the letter only in a call
shortcuts-hang-up-key = Ctrl+Shift+H
shortcuts-hang-up = Hang up
shortcuts-scroll-key = Page Up, Page Down
shortcuts-scroll = Scroll
shortcuts-arrows-key = Arrow keys
shortcuts-arrows = Move my picture or a minimised call to another corner

demo-about = To show a tablet on a table: Echo over the whole screen, with live numbers.
demo-begin = Show it on a table
demo-begin-spoken = Call Echo over the whole screen, with live numbers
demo-leave = Press anywhere, or Escape, to leave
demo-busy = End your call first.

compare-asked = { $name } wants to compare emoji
compare-asked-hint = Both phones show seven words. You read them to each other while you talk.
compare-not-now = Not now
compare-not-now-spoken = Not now: leave the comparison
compare-join = Compare
compare-waiting = Waiting for { $name }
compare-waiting-hint = The other phone has to join. Ask while you talk.
compare-cancel = Cancel
compare-cancel-spoken = Cancel: leave the comparison
compare-same = Does { $name } see the same?
compare-same-hint = Read the words to each other in this order, or the numbers.
compare-sign-spoken = { $place }: { $name }
compare-they-differ = They are different
compare-they-match = They are the same
compare-waiting-for-peer = You said they are the same
compare-waiting-for-peer-hint = Now { $name } has to say so too.
compare-done = { $name } is verified
compare-done-hint = Nobody stands between your two phones.
compare-failed = { $name } is NOT verified
compare-close = Close
compare-close-spoken = Close: leave the comparison
# Which of the 64 emoji, counted from 0 in the order of the Matrix specification.
compare-emoji = { $index ->
    [0] Dog
    [1] Cat
    [2] Lion
    [3] Horse
    [4] Unicorn
    [5] Pig
    [6] Elephant
    [7] Rabbit
    [8] Panda
    [9] Rooster
    [10] Penguin
    [11] Turtle
    [12] Fish
    [13] Octopus
    [14] Butterfly
    [15] Flower
    [16] Tree
    [17] Cactus
    [18] Mushroom
    [19] Globe
    [20] Moon
    [21] Cloud
    [22] Fire
    [23] Banana
    [24] Apple
    [25] Strawberry
    [26] Corn
    [27] Pizza
    [28] Cake
    [29] Heart
    [30] Smiley
    [31] Robot
    [32] Hat
    [33] Glasses
    [34] Spanner
    [35] Santa
    [36] Thumbs Up
    [37] Umbrella
    [38] Hourglass
    [39] Clock
    [40] Gift
    [41] Light Bulb
    [42] Book
    [43] Pencil
    [44] Paperclip
    [45] Scissors
    [46] Lock
    [47] Key
    [48] Hammer
    [49] Telephone
    [50] Flag
    [51] Train
    [52] Bicycle
    [53] Aeroplane
    [54] Rocket
    [55] Trophy
    [56] Ball
    [57] Guitar
    [58] Trumpet
    [59] Bell
    [60] Anchor
    [61] Headphones
    [62] Folder
   *[63] Pin
  }
