package io.github.djlnorm.samples.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/** Writes small data folders. */
public final class Pictures {

    static final List<ShapeKind> KINDS = List.of(ShapeKind.CIRCLE, ShapeKind.CROSS, ShapeKind.STAR);

    private Pictures() {}

    /** Writes train/ and test/ with a few images per class, and returns the folder. */
    public static Path write(Path folder, int trainImages, int testImages) throws IOException {
        ShapePainter painter = new ShapePainter(7);
        for (ShapeKind kind : KINDS) {
            write(folder.resolve("train").resolve(kind.name()), painter, kind, trainImages);
            write(folder.resolve("test").resolve(kind.name()), painter, kind, testImages);
        }
        return folder;
    }

    private static void write(Path folder, ShapePainter painter, ShapeKind kind, int count)
            throws IOException {
        Files.createDirectories(folder);
        for (int i = 0; i < count; i++) {
            ImageIO.write(painter.paint(kind), "png", folder.resolve(i + ".png").toFile());
        }
    }
}
