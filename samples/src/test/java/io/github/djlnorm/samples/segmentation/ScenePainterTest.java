package io.github.djlnorm.samples.segmentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ScenePainterTest {

    @Test
    void scenesFollowFromTheSeed() {
        Scene first = new ScenePainter(32, 5).paint();
        Scene again = new ScenePainter(32, 5).paint();
        Scene other = new ScenePainter(32, 6).paint();
        assertThat(pixels(first)).isEqualTo(pixels(again)).isNotEqualTo(pixels(other));
        assertThat(classes(first)).isEqualTo(classes(again)).isNotEqualTo(classes(other));
    }

    @Test
    void allClassesOccurAndTheGroundIsSeen() {
        DrawnScenes scenes = DrawnScenes.draw(40, 48, 1);
        Set<Integer> classes = new TreeSet<>();
        int ground = 0;
        for (Scene scene : scenes.scenes()) {
            for (int y = 0; y < 48; y++) {
                for (int x = 0; x < 48; x++) {
                    classes.add(scene.mask().at(x, y));
                    ground += scene.mask().at(x, y) == 0 ? 1 : 0;
                }
            }
        }
        assertThat(classes).containsExactly(0, 1, 2, 3);
        assertThat(ScenePainter.classes()).containsExactly("ground", "circle", "cross", "triangle");
        assertThat(ground / (40.0 * 48 * 48)).isBetween(0.4, 0.9);
    }

    /**
     * The mean step in brightness between neighbors is larger where the mask changes than where it
     * does not, by several times: mask and image belong together, pixel by pixel.
     */
    @Test
    void theMaskHasTheEdgesOfTheImage() {
        double[] steps = new double[2];
        int[] counts = new int[2];
        for (Scene scene : DrawnScenes.draw(30, 48, 3).scenes()) {
            for (int y = 0; y < 48; y++) {
                for (int x = 1; x < 48; x++) {
                    int edge = scene.mask().at(x, y) == scene.mask().at(x - 1, y) ? 0 : 1;
                    steps[edge] += Math.abs(level(scene, x, y) - level(scene, x - 1, y));
                    counts[edge]++;
                }
            }
        }
        assertThat(steps[1] / counts[1]).isGreaterThan(2.5 * steps[0] / counts[0]);
    }

    private static double level(Scene scene, int x, int y) {
        int rgb = scene.image().getRGB(x, y);
        return ((rgb >> 16 & 0xFF) + (rgb >> 8 & 0xFF) + (rgb & 0xFF)) / 3.0;
    }

    private static int[] classes(Scene scene) {
        return scene.mask().picture().getData().getSamples(0, 0, 32, 32, 0, (int[]) null);
    }

    private static int[] pixels(Scene scene) {
        int size = scene.image().getWidth();
        return scene.image().getRGB(0, 0, size, size, null, 0, size);
    }
}
