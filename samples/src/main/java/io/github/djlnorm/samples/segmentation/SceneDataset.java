package io.github.djlnorm.samples.segmentation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.dataset.RandomAccessDataset;
import ai.djl.training.dataset.Record;
import ai.djl.util.Progress;
import io.github.djlnorm.samples.data.Preprocessing;

/** Preprocessed images with their masks, each time that they are asked for. */
final class SceneDataset extends RandomAccessDataset {

    private final Scene.Source source;
    private final Preprocessing preprocessing;

    private SceneDataset(Builder builder) {
        super(builder);
        source = builder.source;
        preprocessing = builder.preprocessing;
    }

    /** Scenes in batches. */
    static Builder of(Scene.Source source, Preprocessing preprocessing) {
        return new Builder(source, preprocessing);
    }

    @Override
    public Record get(NDManager manager, long index) {
        Scene scene = source.scene((int) index);
        int size = preprocessing.imageSize();
        NDArray image = preprocessing.of(manager, scene.image());
        NDArray mask = scene.mask().scaled(size, size).toArray(manager);
        return new Record(new NDList(image), new NDList(mask));
    }

    @Override
    protected long availableSize() {
        return source.size();
    }

    @Override
    public void prepare(Progress progress) {}

    /** Builds {@link SceneDataset}. */
    static final class Builder extends BaseBuilder<Builder> {

        private final Scene.Source source;
        private final Preprocessing preprocessing;

        private Builder(Scene.Source source, Preprocessing preprocessing) {
            this.source = source;
            this.preprocessing = preprocessing;
        }

        SceneDataset build() {
            return new SceneDataset(this);
        }

        @Override
        protected Builder self() {
            return this;
        }
    }
}
