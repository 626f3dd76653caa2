package io.github.djlnorm.weights.format;

import java.util.Map;
import java.util.Set;

/**
 * What torch.save saved.
 *
 * @param root the object, with tensors as {@link TorchNames.View} or {@link TorchNames.Unusable}
 * @param storages where the values of its tensors are
 * @param classes the names of the parameters and buffers of TorchScript's classes
 */
record SavedObject(Object root, TorchStorages storages, Map<String, Set<String>> classes) {}
