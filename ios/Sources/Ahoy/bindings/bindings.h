#pragma once

#ifdef __cplusplus
extern "C" {
#endif

/// Runs the phone on the main thread; returns when the app ends. Defined in `app/phone.rs`.
void start_app(void);

#ifdef __cplusplus
}
#endif
