/**
 * Configuration files in the syntax of {@code libvirtd.conf}, before anybody gives their keys a meaning. The daemon
 * reads its own with it, and clients read {@code libvirt.conf}.
 */
package dev.godwit.config;
