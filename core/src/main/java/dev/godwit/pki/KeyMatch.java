package dev.godwit.pki;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;

/** Whether a private key is the one of a certificate: a signature of one has to be good for the other. */
final class KeyMatch {

    private KeyMatch() {}

    static void check(Credentials.Own own, PkiFiles files) throws PkiException {
        PublicKey certified = own.chain().getFirst().getPublicKey();
        PrivateKey key = own.key();
        boolean match;
        try {
            byte[] text = new byte[32];
            Arrays.fill(text, (byte) 7);
            Signature signature = Signature.getInstance(algorithm(key));
            if (key.getAlgorithm().equals("RSASSA-PSS")) {
                signature.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
            }
            signature.initSign(key);
            signature.update(text);
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(text);
            match = signature.verify(signed);
        } catch (GeneralSecurityException _) {
            match = false; // of another kind than the certificate's
        }
        if (!match) {
            throw new PkiException("The key " + files.key() + " does not belong to the certificate "
                    + files.certificate());
        }
    }

    static String algorithm(PrivateKey key) {
        return switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case String other -> other;
        };
    }
}
