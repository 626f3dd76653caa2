package io.github.djlnorm.samples.data;

import ai.djl.basicdataset.cv.classification.ImageClassificationDataset;
import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import ai.djl.util.Progress;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The embedded data set: pictures of shapes that the program draws, as many of each kind. */
final class ShapeImages extends ImageClassificationDataset {

    private static final List<ShapeKind> KINDS = List.of(ShapeKind.values());

    private final List<Image> images;

    private ShapeImages(Builder builder) {
        super(builder);
        images = builder.images;
    }

    static Builder builder() {
        return new Builder();
    }

    @Override
    protected Image getImage(long index) {
        return images.get((int) index);
    }

    @Override
    protected long getClassNumber(long index) {
        return label((int) index);
    }

    @Override
    protected long availableSize() {
        return images.size();
    }

    @Override
    public List<String> getClasses() {
        return ShapeKind.names();
    }

    @Override
    public Optional<Integer> getImageWidth() {
        return Optional.empty();
    }

    @Override
    public Optional<Integer> getImageHeight() {
        return Optional.empty();
    }

    @Override
    public void prepare(Progress progress) {}

    private static int label(int index) {
        return index % KINDS.size();
    }

    /** Builds a {@link ShapeImages}. */
    static final class Builder extends BaseBuilder<Builder> {

        private List<Image> images = List.of();

        /** Draws the images; equal seeds give equal images. */
        Builder setImages(int count, long seed) {
            ShapePainter painter = new ShapePainter(seed);
            ImageFactory factory = ImageFactory.getInstance();
            images =
                    IntStream.range(0, count)
                            .mapToObj(i -> factory.fromImage(painter.paint(KINDS.get(label(i)))))
                            .toList();
            return this;
        }

        ShapeImages build() {
            return new ShapeImages(this);
        }

        @Override
        protected Builder self() {
            return this;
        }
    }
}
