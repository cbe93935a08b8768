package org.ahoy.phone;

import android.Manifest;
import android.content.pm.PackageManager;
import android.os.Bundle;
import android.os.Process;
import androidx.activity.OnBackPressedCallback;
import com.google.androidgamesdk.GameActivity;

/** The one screen: loads the phone library and keeps its only life cycle in order. */
public final class MainActivity extends GameActivity {
    /** Nothing waits for this answer: without the microphone a call is silent. */
    private static final int ASK_MICROPHONE = 1;

    static {
        System.loadLibrary("ahoy");
    }

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        getOnBackPressedDispatcher().addCallback(this, new OnBackPressedCallback(true) {
            @Override
            public void handleOnBackPressed() {
                // Like the home button: a call goes on, and the event loop, which starts once in a process, lives.
                moveTaskToBack(true);
            }
        });
        if (checkSelfPermission(Manifest.permission.RECORD_AUDIO) != PackageManager.PERMISSION_GRANTED) {
            requestPermissions(new String[] {Manifest.permission.RECORD_AUDIO}, ASK_MICROPHONE);
        }
    }

    @Override
    protected void onDestroy() {
        if (isFinishing()) {
            // The event loop does not leave by itself, and a second one is refused: the process ends with its task.
            Process.killProcess(Process.myPid());
        }
        super.onDestroy();
    }
}
