using System.Security.Cryptography;

namespace SentinelHealth.Response.Custody;

/// <summary>One way to sign. New ones are added to the registry and nothing else changes; old signatures stay checkable.</summary>
/// <param name="Name">Its name in signatures.</param>
/// <param name="IsSupported">Whether this platform has it.</param>
public abstract record SigningAlgorithm(string Name, bool IsSupported)
{
    /// <summary>ECDSA over P-256 with SHA-256; signatures as r and s, 64 bytes.</summary>
    public static SigningAlgorithm EcdsaP256 { get; } = new EcdsaP256Algorithm();

    /// <summary>ML-DSA-65 (FIPS 204), which holds against quantum computers; where the platform has it.</summary>
    public static SigningAlgorithm MlDsa65 { get; } = new MlDsa65Algorithm();

    /// <summary>All of them, the default first.</summary>
    public static IReadOnlyList<SigningAlgorithm> All { get; } = [EcdsaP256, MlDsa65];

    /// <summary>One by name.</summary>
    /// <exception cref="NotSupportedException">It is not known, or this platform lacks it.</exception>
    public static SigningAlgorithm Of(string name) =>
        All.FirstOrDefault(algorithm => algorithm.Name == name && algorithm.IsSupported)
        ?? throw new NotSupportedException($"The signature algorithm {name} is not available on this platform.");

    /// <summary>Makes a private key, as PKCS #8.</summary>
    public abstract byte[] CreateKey();

    /// <summary>The public part of a private key, as SubjectPublicKeyInfo.</summary>
    public abstract byte[] PublicOf(byte[] privateKey);

    /// <summary>Signs a message.</summary>
    public abstract byte[] Sign(byte[] privateKey, byte[] message);

    /// <summary>Whether a signature is of a message, by a public key (SubjectPublicKeyInfo).</summary>
    /// <exception cref="CryptographicException">That is no key of this algorithm.</exception>
    public abstract bool Verify(byte[] publicKey, byte[] message, byte[] signature);

    private sealed record EcdsaP256Algorithm() : SigningAlgorithm("ecdsa-p256-sha256", true)
    {
        public override byte[] CreateKey()
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            return key.ExportPkcs8PrivateKey();
        }

        public override byte[] PublicOf(byte[] privateKey)
        {
            using var key = Open(privateKey);
            return key.ExportSubjectPublicKeyInfo();
        }

        public override byte[] Sign(byte[] privateKey, byte[] message)
        {
            using var key = Open(privateKey);
            return key.SignData(message, HashAlgorithmName.SHA256);
        }

        public override bool Verify(byte[] publicKey, byte[] message, byte[] signature)
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(publicKey, out _);
            return key.VerifyData(message, signature, HashAlgorithmName.SHA256);
        }

        private static ECDsa Open(byte[] privateKey)
        {
            var key = ECDsa.Create();
            key.ImportPkcs8PrivateKey(privateKey, out _);
            return key;
        }
    }

#pragma warning disable SYSLIB5006 // ML-DSA is new in this runtime; where the platform lacks it, nothing here runs.
    private sealed record MlDsa65Algorithm() : SigningAlgorithm("ml-dsa-65", MLDsa.IsSupported)
    {
        public override byte[] CreateKey()
        {
            using var key = MLDsa.GenerateKey(MLDsaAlgorithm.MLDsa65);
            return key.ExportPkcs8PrivateKey();
        }

        public override byte[] PublicOf(byte[] privateKey)
        {
            using var key = MLDsa.ImportPkcs8PrivateKey(privateKey);
            return key.ExportSubjectPublicKeyInfo();
        }

        public override byte[] Sign(byte[] privateKey, byte[] message)
        {
            using var key = MLDsa.ImportPkcs8PrivateKey(privateKey);
            var signature = new byte[MLDsaAlgorithm.MLDsa65.SignatureSizeInBytes];
            key.SignData(message, signature);
            return signature;
        }

        public override bool Verify(byte[] publicKey, byte[] message, byte[] signature)
        {
            using var key = MLDsa.ImportSubjectPublicKeyInfo(publicKey);
            return key.VerifyData(message, signature);
        }
    }
#pragma warning restore SYSLIB5006
}
