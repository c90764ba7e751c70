def test_world(world):
    assert world.worker.paths() == [world.units["北关街道社工站"].path]
