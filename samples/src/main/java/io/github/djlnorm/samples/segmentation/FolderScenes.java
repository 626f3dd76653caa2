package io.github.djlnorm.samples.segmentation;

import io.github.djlnorm.samples.images.ImageDecoder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Image files with their masks.
 *
 * @param numbers the class of what is stored in a mask
 * @param images the images
 * @param masks the mask of each
 */
record FolderScenes(Map<Integer, Integer> numbers, List<Path> images, List<Path> masks)
        implements Scene.Source {

    @Override
    public int size() {
        return images.size();
    }

    @Override
    public Scene scene(int index) {
        return new Scene(
                ImageDecoder.decode(images.get(index)),
                MaskFile.read(masks.get(index)).mask(numbers));
    }
}
