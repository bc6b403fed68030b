//! Every size, every arrangement, every focus.

use super::*;

const ARRANGEMENTS: [Arrangement; 3] = [Arrangement::Release, Arrangement::Run, Arrangement::Window];

fn sized(width: u16, height: u16) -> Rect {
    Rect { x: 0, y: 0, width, height }
}

fn plain(area: Rect) -> Layout {
    arrange(area, None, wanted(Arrangement::Release, &[PaneId::Checklist]))
}

fn wanted(arrangement: Arrangement, recent: &[PaneId]) -> Wanted<'_> {
    Wanted { arrangement, zoom: Zoom::Out, recent }
}

fn whole(layout: &Layout) -> Vec<Rect> {
    let lines = [layout.header, layout.hint, layout.status];
    let panes = layout.panes.iter().map(|placed| placed.area);
    lines.into_iter().chain(panes).filter(|area| !area.is_empty()).collect()
}

fn check(layout: &Layout, what: &str) {
    let areas = whole(layout);
    for (place, area) in areas.iter().enumerate() {
        assert_eq!(layout.area.intersection(*area), *area, "outside: {what}");
        for other in areas.iter().skip(place + 1) {
            assert!(!area.intersects(*other), "overlap of {area} and {other}: {what}");
        }
    }
    let covered: u32 = areas.iter().map(|area| area.area()).sum();
    assert_eq!(covered, layout.area.area(), "gaps: {what}");
    assert_eq!(layout.badge.is_empty(), layout.area.is_empty(), "badge: {what}");
    assert_eq!(layout.header.intersection(layout.badge), layout.badge, "badge: {what}");
}

#[test]
fn every_size_is_covered_without_overlap_and_has_its_badge() {
    for width in 0..=200 {
        for height in 0..=60 {
            for arrangement in ARRANGEMENTS {
                for focus in [PaneId::Checklist, PaneId::Timeline, PaneId::Logs, PaneId::Details] {
                    for zoom in [Zoom::Out, Zoom::In] {
                        let wanted = Wanted { arrangement, zoom, recent: &[focus] };
                        let layout = arrange(sized(width, height), None, wanted);
                        check(&layout, &format!("{width}x{height} {arrangement:?} {focus:?} {zoom:?}"));
                    }
                }
            }
        }
    }
}

#[test]
fn larger_screens_and_areas_off_the_origin_hold_too() {
    for area in [sized(u16::MAX, u16::MAX), sized(400, 120), Rect { x: 7, y: 9, width: 130, height: 40 }] {
        for arrangement in ARRANGEMENTS {
            let layout = arrange(area, None, wanted(arrangement, &[]));
            let areas = whole(&layout);
            assert!(areas.iter().all(|part| area.intersection(*part) == *part), "{area}");
        }
    }
}

#[test]
fn the_focused_pane_is_open_in_every_arrangement_and_every_pane_has_two_rows_inside() {
    for (width, height) in
        [(60, 16), (80, 24), (100, 16), (120, 40), (140, 20), (160, 45), (200, 16), (240, 60)]
    {
        for arrangement in ARRANGEMENTS {
            for focus in PaneId::ALL {
                let layout = arrange(sized(width, height), None, wanted(arrangement, &[focus]));
                let what = format!("{width}x{height} {arrangement:?} {focus:?}");
                let placed = layout.place_of(focus).unwrap_or_else(|| panic!("not shown: {what}"));
                assert!(placed.area.width >= 20 && placed.area.height >= 3, "{}: {what}", placed.area);
            }
        }
    }
}

#[test]
fn the_number_of_open_panes_follows_the_width() {
    let open = |width, height| {
        let layout = plain(sized(width, height));
        layout.panes.iter().filter(|placed| placed.form != Form::Folded).count()
    };
    assert_eq!(open(59, 24), 0);
    assert_eq!(open(80, 24), 1);
    assert_eq!(open(120, 40), 3);
    assert_eq!(open(160, 45), 7);
    assert_eq!(open(160, 31), 5);
    assert_eq!(open(220, 45), 7);
    assert_eq!(open(80, 15), 0);
}

#[test]
fn a_breakpoint_is_left_two_columns_later_than_it_is_entered() {
    for (at, below, above) in [
        (60, Breakpoint::Card, Breakpoint::One),
        (100, Breakpoint::One, Breakpoint::Two),
        (140, Breakpoint::Two, Breakpoint::Three),
        (200, Breakpoint::Three, Breakpoint::Four),
    ] {
        assert_eq!(Breakpoint::of(sized(at - 1, 40), None), below);
        assert_eq!(Breakpoint::of(sized(at - 1, 40), Some(below)), below);
        assert_eq!(Breakpoint::of(sized(at, 40), Some(below)), above);
        assert_eq!(Breakpoint::of(sized(at - 2, 40), Some(above)), above);
        assert_eq!(Breakpoint::of(sized(at - 3, 40), Some(above)), below);
    }
}

#[test]
fn a_low_terminal_gives_up_the_phase_line_and_the_hint_line() {
    let layout = plain(sized(80, 20));
    assert_eq!((layout.header_form, layout.header.height), (HeaderForm::TwoRows, 2));
    assert!(layout.hint.is_empty() && !layout.status.is_empty());
    let layout = plain(sized(80, 24));
    assert_eq!((layout.header.height, layout.hint.height, layout.status.height), (3, 1, 1));
    let layout = plain(sized(160, 45));
    assert_eq!((layout.header_form, layout.header.height), (HeaderForm::Boxed, 4));
}

#[test]
fn the_card_shows_the_badge_first() {
    assert_eq!(plain(sized(20, 1)).badge, sized(20, 1));
    assert_eq!(plain(sized(20, 5)).badge, Rect { x: 0, y: 1, width: 20, height: 1 });
    assert!(plain(sized(20, 5)).is_card());
}

#[test]
fn of_panes_that_share_a_place_the_one_used_last_is_open() {
    let recent = [PaneId::Logs, PaneId::SignOffs, PaneId::Checklist];
    let layout = arrange(sized(120, 40), None, wanted(Arrangement::Release, &recent));
    assert!(layout.place_of(PaneId::SignOffs).is_some());
    assert!(layout.place_of(PaneId::Checklist).is_none());
}
