# People, what was written to them and called, and what is known of them.

## Pages

page-back = Back

## Past calls and moments

call-words-missed-voice = Missed voice call
call-words-missed-video = Missed video call
call-words-incoming-voice = Incoming voice call
call-words-incoming-video = Incoming video call
call-words-outgoing-voice = Outgoing voice call
call-words-outgoing-video = Outgoing video call
call-words-declined = declined
call-words-you-were-busy = you were in another call
call-words-busy = busy
call-words-no-answer = no answer
call-words-not-reachable = not reachable
call-words-cancelled = cancelled
call-words-connection-lost = connection lost
call-words-failed = failed
# How far a text of mine has come
call-words-waiting = waiting to be sent
call-words-sent = sent
call-words-delivered = delivered
call-words-read = read
# A call that had a length and ended badly: 1:15, connection lost
call-words-length-and = { $length }, { $words }
call-words-just-now = just now
call-words-minutes-ago = { $count } min ago
call-words-hours-ago =
    { $count ->
        [one] 1 hour ago
       *[other] { $count } hours ago
    }
call-words-days-ago =
    { $count ->
        [one] 1 day ago
       *[other] { $count } days ago
    }

## When something was

moments-date = { $day } { $month } { $year }
moments-day-month = { $day } { $month }
moments-month-year = { $month } { $year }
moments-month =
    { $month ->
        [1] January
        [2] February
        [3] March
        [4] April
        [5] May
        [6] June
        [7] July
        [8] August
        [9] September
        [10] October
        [11] November
       *[12] December
    }
# In lists, where there is little room.
moments-now = now
moments-minutes = { $count } min
moments-hours = { $count } h
moments-days =
    { $count ->
        [one] 1 day
       *[other] { $count } days
    }

## Everybody

contacts-title = Ahoy
contacts-add = Add
contacts-add-someone = Add someone
contacts-calls = Calls
contacts-past-calls = Past calls
contacts-missed = { $count } missed
contacts-missed-calls =
    { $count ->
        [one] 1 missed call. Past calls
       *[other] { $count } missed calls. Past calls
    }
contacts-conversation = Conversation with { $name }
contacts-favourite = Favourite
contacts-verified = Verified
contacts-not-verified = Not verified yet
contacts-blocked = Blocked
contacts-silent = Calls are silent
contacts-echo = Hear and see yourself
contacts-writing = is writing…
contacts-unread = { $count } new
contacts-stopped = Stopped: { $why }
contacts-getting-ready = Getting ready…
contacts-ready = Ready for calls
contacts-search = Search
contacts-search-label = Search for people and texts
contacts-not-found = Nobody is called that, and nothing was written with it.
contacts-nobody = Nobody here yet. Add someone with a code, a link, or a phone nearby; both of you have to. Until then Echo lets you try a call.
contacts-settings = Settings

## The last thing with somebody

lately-you-wrote = You: { $words }
person-row-found = { $name }: { $text }

## Beside the list

welcome-choose = Choose somebody to read, write or call.
welcome-echo = Try a call with Echo

## A conversation

conversation-about-name = About { $name }
conversation-write = Write a text
conversation-text-to = Text to { $name }
conversation-send = Send
conversation-send-to = Send to { $name }
conversation-not-seen = Not seen yet
conversation-seen = Seen { $when }

## What stands in it

messages-none = Nothing written yet. Texts wait here until the other phone is online.
messages-you-wrote = You wrote: { $text }
messages-they-wrote = They wrote: { $text }
messages-earlier = Earlier
messages-newest = To the newest
messages-copied = Copied.
messages-not-copied = It could not be copied: { $why }
# How far a text or call came, and when: delivered, 2 min ago
messages-also-when = { $also }, { $when }

## A contact

contact-name = Name
contact-name-of = Name of this contact
contact-save = Save
contact-save-name = Save the name
contact-safety-words = Safety words
contact-safety-words-are = Safety words: { $words }
contact-same-words = { $name } sees the same words, unless somebody stands between you.
contact-compare = Compare emoji
contact-compare-with = Compare emoji with { $name }, both phones at once
contact-words-same = The words are the same
contact-words-same-name = The safety words are the same: mark { $name } as verified
contact-verified = Verified: you compared with this person.
contact-not-verified = Not verified yet. Compare while you talk, or read the words to each other.
contact-unblock-name = { $name } is blocked. Unblock
contact-block = Block
contact-remove = Remove
contact-remove-sure = Really remove?
contact-remove-sure-name = Really remove { $name } with everything written?
contact-write = Write
contact-write-to = Write to { $name }
contact-calls = Calls
contact-block-about = Who is blocked can neither call nor write. { $name } is not told.
contact-unblock = Unblock
contact-remove-about = Removing forgets { $name } and everything that was written. Past calls stay in the list.

## Rules for a contact

rules-title = What may happen
rules-favourite = Favourite
rules-favourite-about = Stands first in the list.
rules-silence = Silent calls
rules-silence-about = Calls show in the window and make no sound.
rules-answer = Answer by itself
rules-answer-about = After a few seconds of ringing { $name } hears what your microphone hears, without anybody pressing anything. For somebody who looks after you.
rules-answer-unverified = Only for people you have verified: compare the safety words with { $name } first.
rules-answer-video = With my camera too
rules-answer-video-about = When { $name } calls with video, your camera goes on by itself as well.

## Past calls

history-title = Calls
history-none = No calls yet.
history-delete-all = Delete all
history-delete-all-spoken = Delete all calls from this list
history-delete-all-sure = Really delete all?
history-call-back = Call back
history-call-back-name = Call { $name } back
history-delete = Delete
history-delete-call = Delete this call with { $name }
history-all = All
history-all-spoken = Show all calls
history-missed = Missed
history-missed-spoken = Show missed calls only
history-with = Calls with { $name }
history-only-with = Show only calls with { $name }
history-none-missed = No missed calls.
history-none-with = No calls with this person.
history-older = Show older
history-newest = To the newest
