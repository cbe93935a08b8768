# Menschen, was man ihnen schrieb und wann man sie anrief, und was man von ihnen weiß.

## Seiten

page-back = Zurück

## Vergangene Anrufe und Zeiten

call-words-missed-voice = Verpasster Anruf
call-words-missed-video = Verpasster Videoanruf
call-words-incoming-voice = Eingehender Anruf
call-words-incoming-video = Eingehender Videoanruf
call-words-outgoing-voice = Ausgehender Anruf
call-words-outgoing-video = Ausgehender Videoanruf
call-words-declined = abgelehnt
call-words-you-were-busy = du warst in einem anderen Gespräch
call-words-busy = besetzt
call-words-no-answer = keine Antwort
call-words-not-reachable = nicht erreichbar
call-words-cancelled = abgebrochen
call-words-connection-lost = Verbindung verloren
call-words-failed = fehlgeschlagen
# How far a text of mine has come
call-words-waiting = wartet auf Versand
call-words-sent = gesendet
call-words-delivered = zugestellt
call-words-read = gelesen
call-words-length-and = { $length }, { $words }
call-words-just-now = gerade eben
call-words-minutes-ago = vor { $count } Min.
call-words-hours-ago =
    { $count ->
        [one] vor 1 Stunde
       *[other] vor { $count } Stunden
    }
call-words-days-ago =
    { $count ->
        [one] vor 1 Tag
       *[other] vor { $count } Tagen
    }

## Wann etwas war

moments-date = { $day }. { $month } { $year }
moments-day-month = { $day }. { $month }
moments-month-year = { $month } { $year }
moments-month =
    { $month ->
        [1] Januar
        [2] Februar
        [3] März
        [4] April
        [5] Mai
        [6] Juni
        [7] Juli
        [8] August
        [9] September
        [10] Oktober
        [11] November
       *[12] Dezember
    }
moments-now = jetzt
moments-minutes = { $count } Min.
moments-hours = { $count } Std.
moments-days =
    { $count ->
        [one] 1 Tag
       *[other] { $count } Tage
    }

## Alle

contacts-title = Ahoy
contacts-add = Hinzufügen
contacts-add-someone = Jemanden hinzufügen
contacts-calls = Anrufe
contacts-past-calls = Vergangene Anrufe
contacts-missed = { $count } verpasst
contacts-missed-calls =
    { $count ->
        [one] 1 verpasster Anruf. Vergangene Anrufe
       *[other] { $count } verpasste Anrufe. Vergangene Anrufe
    }
contacts-conversation = Unterhaltung mit { $name }
contacts-favourite = Favorit
contacts-verified = Bestätigt
contacts-not-verified = Noch nicht bestätigt
contacts-blocked = Blockiert
contacts-silent = Anrufe sind stumm
contacts-echo = Hör und sieh dich selbst
contacts-writing = schreibt …
contacts-unread = { $count } neu
contacts-stopped = Angehalten: { $why }
contacts-getting-ready = Gleich bereit …
contacts-ready = Bereit für Anrufe
contacts-search = Suchen
contacts-search-label = Menschen und Nachrichten suchen
contacts-not-found = Niemand heißt so, und nichts wurde damit geschrieben.
contacts-nobody = Noch niemand hier. Füge jemanden mit Code, Link oder Telefon in der Nähe hinzu; ihr beide müsst es tun. Bis dahin kannst du mit Echo einen Anruf ausprobieren.
contacts-settings = Einstellungen

## Das Letzte mit jemandem

lately-you-wrote = Du: { $words }
person-row-found = { $name }: { $text }

## Neben der Liste

welcome-choose = Wähle jemanden, um zu lesen, zu schreiben oder anzurufen.
welcome-echo = Anruf mit Echo ausprobieren

## Eine Unterhaltung

conversation-about-name = Über { $name }
conversation-write = Nachricht schreiben
conversation-text-to = Nachricht an { $name }
conversation-send = Senden
conversation-send-to = An { $name } senden
conversation-not-seen = Noch nicht gesehen
conversation-seen = Gesehen { $when }

## Was darin steht

messages-none = Noch nichts geschrieben. Nachrichten warten hier, bis das andere Telefon online ist.
messages-you-wrote = Du hast geschrieben: { $text }
messages-they-wrote = Empfangen: { $text }
messages-earlier = Früher
messages-newest = Zum Neuesten
messages-copied = Kopiert.
messages-not-copied = Konnte nicht kopiert werden: { $why }
messages-also-when = { $also }, { $when }

## Ein Kontakt

contact-name = Name
contact-name-of = Name dieses Kontakts
contact-save = Speichern
contact-save-name = Namen speichern
contact-safety-words = Sicherheitswörter
contact-safety-words-are = Sicherheitswörter: { $words }
contact-same-words = { $name } sieht dieselben Wörter, außer jemand steht zwischen euch.
contact-compare = Emoji vergleichen
contact-compare-with = Emoji mit { $name } vergleichen, auf beiden Telefonen zugleich
contact-words-same = Die Wörter sind gleich
contact-words-same-name = Die Sicherheitswörter sind gleich: { $name } als bestätigt markieren
contact-verified = Bestätigt: Du hast mit dieser Person verglichen.
contact-not-verified = Noch nicht bestätigt. Vergleicht im Gespräch oder lest euch die Wörter vor.
contact-unblock-name = { $name } ist blockiert. Blockierung aufheben
contact-block = Blockieren
contact-remove = Entfernen
contact-remove-sure = Wirklich entfernen?
contact-remove-sure-name = { $name } mit allem Geschriebenen wirklich entfernen?
contact-write = Schreiben
contact-write-to = { $name } schreiben
contact-calls = Anrufe
contact-block-about = Wer blockiert ist, kann weder anrufen noch schreiben. { $name } erfährt es nicht.
contact-unblock = Blockierung aufheben
contact-remove-about = Entfernen vergisst { $name } und alles, was geschrieben wurde. Vergangene Anrufe bleiben in der Liste.

## Regeln für einen Kontakt

rules-title = Was geschehen darf
rules-favourite = Favorit
rules-favourite-about = Steht in der Liste zuerst.
rules-silence = Stumme Anrufe
rules-silence-about = Anrufe erscheinen im Fenster und machen kein Geräusch.
rules-answer = Von selbst annehmen
rules-answer-about = Nach einigen Sekunden Klingeln hört { $name }, was dein Mikrofon hört, ohne dass jemand etwas drückt. Für jemanden, der sich um dich kümmert.
rules-answer-unverified = Nur für Menschen, die du bestätigt hast: Vergleiche zuerst die Sicherheitswörter mit { $name }.
rules-answer-video = Auch mit meiner Kamera
rules-answer-video-about = Wenn { $name } mit Video anruft, geht auch deine Kamera von selbst an.

## Vergangene Anrufe

history-title = Anrufe
history-none = Noch keine Anrufe.
history-delete-all = Alle löschen
history-delete-all-spoken = Alle Anrufe aus dieser Liste löschen
history-delete-all-sure = Wirklich alle löschen?
history-call-back = Zurückrufen
history-call-back-name = { $name } zurückrufen
history-delete = Löschen
history-delete-call = Diesen Anruf mit { $name } löschen
history-all = Alle
history-all-spoken = Alle Anrufe zeigen
history-missed = Verpasst
history-missed-spoken = Nur verpasste Anrufe zeigen
history-with = Anrufe mit { $name }
history-only-with = Nur Anrufe mit { $name } zeigen
history-none-missed = Keine verpassten Anrufe.
history-none-with = Keine Anrufe mit dieser Person.
history-older = Ältere zeigen
history-newest = Zum Neuesten
