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

## Alle

contacts-title = Ahoy
contacts-people = Kontakte
contacts-add = Hinzufügen
contacts-add-someone = Jemanden hinzufügen
contacts-add-hint = Zeig deinen Code, schick deinen Link oder finde ein Telefon im selben Netz.
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

## Eine Unterhaltung

conversation-about = Info
conversation-about-name = Über { $name }
conversation-write = Nachricht schreiben
conversation-text-to = Nachricht an { $name }
conversation-send = Senden
conversation-send-to = An { $name } senden
conversation-not-seen = Noch nicht gesehen
conversation-seen = Gesehen { $ago }

## Was darin steht

messages-none = Noch nichts geschrieben. Nachrichten warten hier, bis das andere Telefon online ist.
messages-you-wrote = Du hast geschrieben: { $text }
messages-they-wrote = Empfangen: { $text }
messages-waiting = wartet auf Versand
messages-sent = gesendet
messages-delivered = zugestellt
messages-read = gelesen
messages-also-ago = { $also }, { $ago }

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
contact-favourite = Favorit
contact-favourite-change = { $name } ist ein Favorit. Ändern
contact-make-favourite = Zum Favoriten machen
contact-silent = Anrufe sind stumm
contact-silent-change = Anrufe sind stumm. Wieder klingeln lassen
contact-silence = Anrufe stumm schalten
contact-blocked = Blockiert
contact-blocked-change = { $name } ist blockiert. Blockierung aufheben
contact-block = Blockieren
contact-remove = Entfernen
contact-remove-sure = Wirklich entfernen?
contact-remove-sure-name = { $name } mit allem Geschriebenen wirklich entfernen?

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
