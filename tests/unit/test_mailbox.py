from dreamer_studio.mailbox import Feed, Mailbox


def test_that_a_mailbox_holds_only_the_newest_value() -> None:
    box = Mailbox(1)
    box.put(2)
    box.put(3)
    assert (box.get(), box.get()) == (3, 3)


def test_that_a_feed_gives_each_value_once_and_forgets_the_oldest() -> None:
    feed: Feed[int] = Feed(3)
    assert feed.since(0) == ([], 0)
    for value in range(5):
        feed.append(value)
    assert feed.since(0) == ([2, 3, 4], 5)
    assert feed.since(4) == ([4], 5)
    assert feed.since(5) == ([], 5)
    assert feed.since(9) == ([], 5)
