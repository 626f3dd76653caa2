package io.github.djlnorm.samples.data;

import ai.djl.modality.cv.Image;
import java.nio.file.Path;
import java.util.List;

/**
 * Image files with their classes.
 *
 * @param files the images
 * @param labels the class of each
 */
record FolderImages(List<Path> files, List<Integer> labels) implements LabeledImages.Source {

    @Override
    public Image image(int index) {
        return ImageFiles.read(files.get(index));
    }
}
