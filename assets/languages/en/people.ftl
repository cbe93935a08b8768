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

## Everybody

contacts-title = Ahoy
contacts-people = People
contacts-add = Add
contacts-add-someone = Add someone
contacts-add-hint = Show your code, send your link, or find a phone on the same network.
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

## A conversation

conversation-about = About
conversation-about-name = About { $name }
conversation-write = Write a text
conversation-text-to = Text to { $name }
conversation-send = Send
conversation-send-to = Send to { $name }
conversation-not-seen = Not seen yet
conversation-seen = Seen { $ago }

## What stands in it

messages-none = Nothing written yet. Texts wait here until the other phone is online.
messages-you-wrote = You wrote: { $text }
messages-they-wrote = They wrote: { $text }
messages-waiting = waiting to be sent
messages-sent = sent
messages-delivered = delivered
messages-read = read
# How far a text or call came, and when: delivered, 2 min ago
messages-also-ago = { $also }, { $ago }

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
contact-favourite = Favourite
contact-favourite-change = { $name } is a favourite. Change
contact-make-favourite = Make favourite
contact-silent = Calls are silent
contact-silent-change = Calls are silent. Let them ring
contact-silence = Silence calls
contact-blocked = Blocked
contact-blocked-change = { $name } is blocked. Unblock
contact-block = Block
contact-remove = Remove
contact-remove-sure = Really remove?
contact-remove-sure-name = Really remove { $name } with everything written?

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
