package io.github.djlnorm.weights.format;

/**
 * What torch.save saved.
 *
 * @param root the object, with tensors as {@link TorchNames.View} or {@link TorchNames.Unusable}
 * @param storages where the values of its tensors are
 */
record SavedObject(Object root, TorchStorages storages) {}
