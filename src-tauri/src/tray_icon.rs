//! The icon in the tray with the stack's state on it. The mark differs in form as well as in colour, since a tray is
//! small and not everybody tells colours apart; the words are the first line of the tray's menu.

use tauri::image::Image;

use supervisor::api::snapshot::OverallState;

type Colour = [u8; 3];

const GREEN: Colour = [0x2f, 0xb3, 0x6b];
const AMBER: Colour = [0xf0, 0xa0, 0x20];
const RED: Colour = [0xe5, 0x48, 0x4d];
/// Around the mark, so that it stands out on any panel.
const EDGE: Colour = [0xff, 0xff, 0xff];

/// The app's icon with the mark of a state in its lower right corner.
pub(crate) fn of(icon: &Image<'_>, overall: OverallState) -> Image<'static> {
    let (width, height) = (icon.width(), icon.height());
    let mut pixels = icon.rgba().to_vec();
    match overall {
        OverallState::Connecting | OverallState::Lost | OverallState::Off => fade(&mut pixels),
        OverallState::Well => mark(&mut pixels, width, height, GREEN, disc),
        OverallState::Working | OverallState::Waiting => mark(&mut pixels, width, height, AMBER, ring),
        OverallState::Attention => mark(&mut pixels, width, height, RED, triangle),
    }
    Image::new_owned(pixels, width, height)
}

/// Grey and half there.
fn fade(pixels: &mut [u8]) {
    for pixel in pixels.chunks_exact_mut(4) {
        let sum: u32 = pixel[..3].iter().map(|part| u32::from(*part)).sum();
        let grey = u8::try_from(sum / 3).unwrap_or(u8::MAX);
        pixel[..3].fill(grey);
        pixel[3] /= 2;
    }
}

/// Whether a place belongs to a form; -1 to 1 in both directions, 0 in its middle.
type Form = fn(f32, f32) -> bool;

fn disc(x: f32, y: f32) -> bool {
    x * x + y * y <= 0.64
}

fn ring(x: f32, y: f32) -> bool {
    disc(x, y) && x * x + y * y >= 0.16
}

fn triangle(x: f32, y: f32) -> bool {
    (-0.8..=0.7).contains(&y) && x.abs() <= (y + 0.8) * 0.55
}

#[expect(clippy::cast_precision_loss, reason = "icons are small")]
fn mark(pixels: &mut [u8], width: u32, height: u32, colour: Colour, form: Form) {
    let size = width.min(height) * 9 / 16;
    let (left, top) = (width - size, height - size);
    let at = |place: u32| (place as f32 + 0.5) / size as f32 * 2.0 - 1.0;
    for y in 0..size {
        for x in 0..size {
            let (h, v) = (at(x), at(y));
            let colour = if form(h, v) {
                colour
            } else if form(h * 0.8, v * 0.8) {
                EDGE
            } else {
                continue;
            };
            let index = (((top + y) * width + left + x) * 4) as usize;
            pixels[index..index + 3].copy_from_slice(&colour);
            pixels[index + 3] = u8::MAX;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is in the corner of a blue icon, as letters.
    fn corner(overall: OverallState) -> String {
        let icon = Image::new_owned([0, 0, 0xff, 0xff].repeat(16 * 16), 16, 16);
        let marked = of(&icon, overall);
        let letter = |pixel: &[u8]| match [pixel[0], pixel[1], pixel[2]] {
            GREEN => 'G',
            AMBER => 'A',
            RED => 'R',
            EDGE => '-',
            [0, 0, 0xff] => '.',
            _ => '?',
        };
        let rows = marked.rgba().chunks_exact(16 * 4).skip(7);
        rows.map(|row| row.chunks_exact(4).skip(7).map(letter).collect::<String>() + "\n").collect()
    }

    #[test]
    fn each_state_has_a_form_of_its_own() {
        expect_test::expect![[r#"
            ..-----..
            .--GGG--.
            --GGGGG--
            -GGGGGGG-
            -GGGGGGG-
            -GGGGGGG-
            --GGGGG--
            .--GGG--.
            ..-----..

            ..-----..
            .--AAA--.
            --AAAAA--
            -AA...AA-
            -AA...AA-
            -AA...AA-
            --AAAAA--
            .--AAA--.
            ..-----..

            ....-....
            ....R....
            ...-R-...
            ...RRR...
            ..-RRR-..
            .-RRRRR-.
            .RRRRRRR.
            -RRRRRRR-
            .........

            ?????????
            ?????????
            ?????????
            ?????????
            ?????????
            ?????????
            ?????????
            ?????????
            ?????????
        "#]]
        .assert_eq(&format!(
            "{}\n{}\n{}\n{}",
            corner(OverallState::Well),
            corner(OverallState::Working),
            corner(OverallState::Attention),
            corner(OverallState::Off)
        ));
    }
}
