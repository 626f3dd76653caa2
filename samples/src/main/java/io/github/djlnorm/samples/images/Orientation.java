package io.github.djlnorm.samples.images;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Arrays;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataFormatImpl;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/**
 * How a camera was held, as EXIF tells it in 1 to 8, here in that order, and Java's standard
 * metadata in words.
 */
enum Orientation {
    NORMAL("Normal", false, false, false),
    MIRRORED("FlipH", false, true, false),
    UPSIDE_DOWN("Rotate180", false, true, true),
    MIRRORED_UPSIDE_DOWN("FlipV", false, false, true),
    TRANSPOSED("FlipVRotate90", true, false, false),
    TO_TURN_RIGHT("Rotate270", true, false, true),
    TRANSPOSED_UPSIDE_DOWN("FlipHRotate90", true, true, true),
    TO_TURN_LEFT("Rotate90", true, true, false);

    private final String word;
    private final boolean rowsAreColumns;
    private final boolean fromRight;
    private final boolean fromBelow;

    Orientation(String word, boolean rowsAreColumns, boolean fromRight, boolean fromBelow) {
        this.word = word;
        this.rowsAreColumns = rowsAreColumns;
        this.fromRight = fromRight;
        this.fromBelow = fromBelow;
    }

    /** The orientation of a reader's first image; normal where nothing readable tells it. */
    static Orientation of(ImageReader reader) {
        try {
            return of(reader.getImageMetadata(0));
        } catch (IOException | RuntimeException e) {
            // The pixels may be whole all the same.
            return NORMAL;
        }
    }

    private static Orientation of(IIOMetadata metadata) {
        if (metadata == null || !metadata.isStandardMetadataFormatSupported()) {
            return NORMAL;
        }
        Node root = metadata.getAsTree(IIOMetadataFormatImpl.standardMetadataFormatName);
        NodeList nodes = ((Element) root).getElementsByTagName("ImageOrientation");
        String word = nodes.getLength() == 0 ? "" : ((Element) nodes.item(0)).getAttribute("value");
        return Arrays.stream(values())
                .filter(orientation -> orientation.word.equalsIgnoreCase(word))
                .findFirst()
                .orElse(NORMAL);
    }

    /** The image as it was seen. */
    BufferedImage upright(BufferedImage image) {
        if (this == NORMAL) {
            return image;
        }
        int width = image.getWidth();
        int height = image.getHeight();
        BufferedImage upright =
                new BufferedImage(
                        rowsAreColumns ? height : width,
                        rowsAreColumns ? width : height,
                        BufferedImage.TYPE_3BYTE_BGR);
        for (int y = 0; y < upright.getHeight(); y++) {
            for (int x = 0; x < upright.getWidth(); x++) {
                int column = rowsAreColumns ? y : x;
                int row = rowsAreColumns ? x : y;
                upright.setRGB(
                        x,
                        y,
                        image.getRGB(
                                fromRight ? width - 1 - column : column,
                                fromBelow ? height - 1 - row : row));
            }
        }
        return upright;
    }
}
