package io.github.djlnorm.samples.data;

import ai.djl.modality.cv.Image;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.RandomAccessDataset;
import ai.djl.training.dataset.Record;
import ai.djl.training.dataset.Sampler;
import ai.djl.translate.TranslateException;
import ai.djl.util.Progress;
import ai.djl.util.RandomUtils;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;

/** Images with the numbers of their classes, preprocessed each time that they are asked for. */
final class LabeledImages extends RandomAccessDataset {

    private final Source source;
    private final Preprocessing preprocessing;
    private final FlipAndCrop augmentation;
    // What the changes in a pass follow from, whichever thread makes them in which order.
    private volatile long pass;

    private LabeledImages(Builder builder) {
        super(builder);
        source = builder.source;
        preprocessing = builder.preprocessing;
        augmentation = builder.augmentation;
    }

    static Builder builder() {
        return new Builder();
    }

    /** Where images come from. */
    interface Source {

        /** The class of each image. */
        List<Integer> labels();

        Image image(int index);
    }

    @Override
    public Record get(NDManager manager, long index) {
        NDArray image = source.image((int) index).toNDArray(manager);
        NDArray seen = preprocessing.of(image);
        if (augmentation != null) {
            seen = augmentation.transform(seen, new SplittableRandom(pass + index));
        }
        NDArray label = manager.create((long) source.labels().get((int) index));
        return new Record(new NDList(seen), new NDList(label));
    }

    /** Starts a pass over the images, whose changes follow from DJL's seed at this moment. */
    @Override
    public Iterable<Batch> getData(NDManager manager, Sampler order, ExecutorService executor)
            throws IOException, TranslateException {
        if (augmentation != null) {
            pass = (long) RandomUtils.nextInt() << 32;
        }
        return super.getData(manager, order, executor);
    }

    @Override
    protected long availableSize() {
        return source.labels().size();
    }

    @Override
    public void prepare(Progress progress) {}

    /** Builds {@link LabeledImages}. */
    static final class Builder extends BaseBuilder<Builder> {

        private Source source;
        private Preprocessing preprocessing;
        private FlipAndCrop augmentation;

        Builder setSource(Source source) {
            this.source = source;
            return self();
        }

        Builder setPreprocessing(Preprocessing preprocessing) {
            this.preprocessing = preprocessing;
            return self();
        }

        /** Changes the images by chance, after preprocessing. */
        Builder optAugmentation(FlipAndCrop augmentation) {
            this.augmentation = augmentation;
            return self();
        }

        LabeledImages build() {
            return new LabeledImages(this);
        }

        @Override
        protected Builder self() {
            return this;
        }
    }
}
