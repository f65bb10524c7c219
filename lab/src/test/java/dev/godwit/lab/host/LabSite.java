package dev.godwit.lab.host;

/**
 * What all machines of the lab share.
 *
 * @param network the two bridges
 * @param pki the authority that signs their certificates
 * @param ssh who may log in where
 */
record LabSite(LabNetwork network, LabPki pki, LabSsh ssh) {}
