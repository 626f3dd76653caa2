package io.github.djlnorm.samples.style;

import ai.djl.ndarray.NDManager;
import com.sun.management.OperatingSystemMXBean;
import io.github.djlnorm.NormKind;
import io.github.djlnorm.samples.data.Pixels;
import io.github.djlnorm.samples.images.BadImage;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * Paints images of any size with a generator: large ones in tiles, of which no seam is seen, where
 * the norm looks at no more than a place and what training left; as a whole where its statistics
 * are those of the image, if memory allows it.
 */
final class Painter {

    private static final int TILE = 1024;

    // The net's coarsest grid, on which every tile must begin.
    private static final int GRID = 4;

    // Each residual block sees two of the coarsest positions further, the rest of the net 14
    // pixels.
    private static final int SEEN_BY_BLOCK = 2 * GRID;
    private static final int SEEN_BESIDES = 4 * GRID;

    // Rounded up from 190 and 640 bytes in all, which 8 and 32 channels took.
    private static final int BYTES_PER_PIXEL = 64;
    private static final int BYTES_PER_CHANNEL = 20;

    private static final Set<NormKind> STATISTICS_OF_THE_IMAGE =
            EnumSet.of(
                    NormKind.INSTANCE,
                    NormKind.GROUP,
                    NormKind.GROUP_EXACT,
                    NormKind.GROUP_CHANNELS);

    private final Stylizer stylizer;
    private final int tile;
    private final long memory;

    /** Creates a painter that takes at most three quarters of the machine's memory. */
    Painter(Stylizer stylizer) {
        this(stylizer, TILE, machineMemory() / 4 * 3);
    }

    /**
     * Creates a painter.
     *
     * @param tile width and height of a tile in pixels, a multiple of 4
     * @param memory the most bytes to take
     */
    Painter(Stylizer stylizer, int tile, long memory) {
        this.stylizer = stylizer;
        this.tile = tile;
        this.memory = memory;
    }

    private static long machineMemory() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getTotalMemorySize();
    }

    /**
     * Paints an image.
     *
     * @param file its name
     * @throws BadImage if it is too small, or too large for memory
     */
    BufferedImage paint(Path file, BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        if (Math.min(width, height) < Stylizer.MIN_SIZE) {
            throw refusal(
                    file,
                    image,
                    "",
                    "give one of %dx%d or more".formatted(Stylizer.MIN_SIZE, Stylizer.MIN_SIZE));
        }
        if (!STATISTICS_OF_THE_IMAGE.contains(stylizer.card().norm().kind())) {
            return inTiles(image);
        }
        long needed = bytes((long) width * height);
        if (needed > memory) {
            throw refusal(
                    file,
                    image,
                    String.format(
                            Locale.ROOT,
                            ", for which a generator with %s, whose statistics are those of the"
                                    + " whole image, takes %.1f GB, of %.1f here",
                            stylizer.card().norm(),
                            needed / 1e9,
                            memory / 1e9),
                    "scale it down or use a generator with batch");
        }
        return whole(image);
    }

    private static BadImage refusal(Path file, BufferedImage image, String more, String cure) {
        return new BadImage(
                "image %s has %dx%d pixels%s"
                        .formatted(file, image.getWidth(), image.getHeight(), more),
                cure);
    }

    private long bytes(long pixels) {
        return pixels * (BYTES_PER_PIXEL + BYTES_PER_CHANNEL * (long) stylizer.card().width());
    }

    private BufferedImage whole(BufferedImage image) {
        try (NDManager manager = NDManager.newBaseManager()) {
            return Pixels.image(stylizer.apply(Pixels.of(manager, image)));
        }
    }

    private BufferedImage inTiles(BufferedImage image) {
        Rectangle all = new Rectangle(image.getWidth(), image.getHeight());
        BufferedImage painted =
                new BufferedImage(all.width, all.height, BufferedImage.TYPE_INT_RGB);
        int margin = SEEN_BY_BLOCK * stylizer.card().blocks() + SEEN_BESIDES;
        for (int y = 0; y < all.height; y += tile) {
            for (int x = 0; x < all.width; x += tile) {
                Rectangle part = new Rectangle(x, y, tile, tile).intersection(all);
                Rectangle seen = new Rectangle(part);
                seen.grow(margin, margin);
                seen = seen.intersection(all);
                BufferedImage cut = whole(cut(image, seen));
                Rectangle inside = new Rectangle(part);
                inside.translate(-seen.x, -seen.y);
                painted.setRGB(x, y, part.width, part.height, pixels(cut, inside), 0, part.width);
            }
        }
        return painted;
    }

    private static BufferedImage cut(BufferedImage image, Rectangle part) {
        BufferedImage cut =
                new BufferedImage(part.width, part.height, BufferedImage.TYPE_3BYTE_BGR);
        cut.setRGB(0, 0, part.width, part.height, pixels(image, part), 0, part.width);
        return cut;
    }

    private static int[] pixels(BufferedImage image, Rectangle part) {
        return image.getRGB(part.x, part.y, part.width, part.height, null, 0, part.width);
    }
}
