//! Looks for the QR code of a contact link in the pictures of a camera.
//! The driver starts one while a person points the camera, and shows what it sees; dropping it closes the camera.
//! Whatever a code says is a text for the link's own checks, nothing more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use ahoy_camera::{CameraChoice, CameraMode, open_camera};
use ahoy_media::slot::Waker;
use ahoy_media::{CapturedPicture, Picture, Slot};
use ahoy_net::ContactLink;

use crate::view::Scan;

/// Between two looks: a person holds a code still for longer, and looking costs a few milliseconds.
const EVERY: Duration = Duration::from_millis(200);

/// A camera that looks for a code.
pub struct Scanner {
    picture: Slot<CapturedPicture>,
    news: Slot<News>,
    stop: Arc<AtomicBool>,
}

#[derive(Clone, Debug)]
enum News {
    Found(String),
    Failed(String),
}

impl Scanner {
    /// Opens the camera and looks until a link is found or this is dropped; `on_news` is called on another thread.
    #[must_use]
    pub fn start(choice: CameraChoice, waker: Option<&Waker>, on_news: impl Fn() + Send + Sync + 'static) -> Self {
        let picture = waker.cloned().map_or_else(Slot::new, Slot::with_waker);
        let news = Slot::with_waker(Arc::new(on_news));
        let scanner = Self { picture: picture.clone(), news: news.clone(), stop: Arc::default() };
        let stop = Arc::clone(&scanner.stop);
        let looking =
            thread::Builder::new().name("qr-scan".into()).spawn(move || look(&choice, &picture, &news, &stop));
        if let Err(error) = looking {
            scanner.news.put(News::Failed(format!("the system gives no more threads: {error}")));
        }
        scanner
    }

    /// What there is to see.
    #[must_use]
    pub fn show(&self) -> Scan {
        let news = self.news.latest().map(|news| (*news).clone());
        let (found, failed) = match news {
            Some(News::Found(link)) => (Some(link), None),
            Some(News::Failed(why)) => (None, Some(why)),
            None => (None, None),
        };
        Scan { picture: self.picture.clone(), found, failed }
    }
}

impl Drop for Scanner {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
    }
}

fn look(choice: &CameraChoice, picture: &Slot<CapturedPicture>, news: &Slot<News>, stop: &AtomicBool) {
    let camera = match open_camera(choice, CameraMode::default(), picture.clone()) {
        Ok(camera) => camera,
        Err(error) => return news.put(News::Failed(error.to_string())),
    };
    while !stop.load(Ordering::Acquire) {
        if let Some(error) = camera.failure() {
            return news.put(News::Failed(error.to_string()));
        }
        if let Some(link) = picture.latest().and_then(|seen| read(&seen.picture)) {
            return news.put(News::Found(link));
        }
        thread::sleep(EVERY);
    }
}

/// The contact link in a picture, if there is one.
#[must_use]
pub fn read(picture: &Picture) -> Option<String> {
    let (width, height) = (usize::from(picture.size().width), usize::from(picture.size().height));
    let y = picture.y();
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, row| y[row * width + x]);
    let texts = image.detect_grids().into_iter().filter_map(|grid| grid.decode().ok());
    texts.map(|(_, text)| text).find(|text| text.parse::<ContactLink>().is_ok())
}

#[cfg(test)]
mod tests {
    use ahoy_call::PeerAddr;
    use ahoy_media::Size;
    use qrcode::QrCode;

    use super::*;

    /// A code as a camera sees it: `scale` pixels a module, dark grey on light grey, off the middle.
    fn seen(text: &str, scale: usize) -> Picture {
        let code = QrCode::new(text).expect("it fits");
        let (side, size, pixels) = (code.width(), Size::VGA, 640 * 480);
        let mut y = vec![200; pixels];
        for (place, colour) in code.to_colors().into_iter().enumerate() {
            let (row, column) = (place / side * scale + 40, place % side * scale + 150);
            let grey = colour.select(60, 200);
            for line in row..row + scale {
                y[line * usize::from(size.width) + column..][..scale].fill(grey);
            }
        }
        let chroma = vec![128; pixels / 4];
        Picture::from_planes(size, y, chroma.clone(), chroma).expect("planes of this size")
    }

    #[test]
    fn a_link_is_read_off_a_picture_and_other_codes_are_passed_over() {
        let direct = vec!["192.168.1.20:50000".parse().expect("an address")];
        let addr = PeerAddr { direct, ..PeerAddr::new(ahoy_net::peer_id(&[7; 32])) };
        let link = ContactLink::new(addr, "Ben").encode(&[7; 32]).expect("it fits");
        let found = read(&seen(&link.to_ascii_uppercase(), 4)).expect("a link");
        assert_eq!(found.parse::<ContactLink>(), link.parse());
        assert_eq!(read(&seen("https://example.org", 4)), None);
    }
}
