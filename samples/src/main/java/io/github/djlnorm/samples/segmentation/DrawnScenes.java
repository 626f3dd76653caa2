package io.github.djlnorm.samples.segmentation;

import java.util.List;
import java.util.stream.Stream;

/**
 * The embedded data set: scenes that the program draws.
 *
 * @param scenes the scenes
 */
record DrawnScenes(List<Scene> scenes) implements Scene.Source {

    /** Draws scenes; equal seeds give equal ones. */
    static DrawnScenes draw(int count, int size, long seed) {
        ScenePainter painter = new ScenePainter(size, seed);
        return new DrawnScenes(Stream.generate(painter::paint).limit(count).toList());
    }

    @Override
    public int size() {
        return scenes.size();
    }

    @Override
    public Scene scene(int index) {
        return scenes.get(index);
    }
}
