using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using SentinelHealth.Dashboard.Security;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Testing;

namespace SentinelHealth.Dashboard.Tests.Security;

/// <summary>Keys of cookies that several processes find in one place, sealed or not.</summary>
public sealed class KeyRingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_one_process_protects_another_with_the_same_secret_reads()
    {
        var text = Protector(Secret(1)).Protect("who I am");

        Assert.Equal("who I am", Protector(Secret(1)).Unprotect(text));
        var stored = Assert.Single(Documents().Names(StoredKeyRing.Folder));
        Assert.DoesNotContain("masterKey", Encoding.UTF8.GetString(Documents().Read(stored)!), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_secret_keys_are_stored_as_they_are_and_read_by_whoever_reads_them()
    {
        var text = Protector(null).Protect("who I am");

        Assert.Equal("who I am", Protector(null).Unprotect(text));
        Assert.Contains("masterKey", Encoding.UTF8.GetString(Documents().Read(Documents().Names(StoredKeyRing.Folder)[0])!), StringComparison.Ordinal);
    }

    [Fact]
    public void With_another_secret_or_none_nothing_is_read()
    {
        var text = Protector(Secret(1)).Protect("who I am");

        Assert.ThrowsAny<CryptographicException>(() => Protector(Secret(2)).Unprotect(text));
        Assert.ThrowsAny<CryptographicException>(() => Protector(null).Unprotect(text));
    }

    [Theory]
    [InlineData(0, "fewer than 32")]
    [InlineData(31, "fewer than 32")]
    [InlineData(-1, "ring")]
    public void A_file_that_is_no_secret_is_refused_with_the_name_of_its_setting(int bytes, string expected)
    {
        var file = _folder.File("ring");
        if (bytes >= 0)
            File.WriteAllBytes(file, new byte[bytes]);

        var refusal = Assert.ThrowsAny<IOException>(() => KeyRingSecret.Of(file));

        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sealed_key_that_was_changed_or_cut_is_refused()
    {
        var secret = Secret(1);
        using var services = new ServiceCollection().AddSingleton(secret).BuildServiceProvider();
        var sealedKey = new KeyRingSealer(secret).Encrypt(new System.Xml.Linq.XElement("key", "value")).EncryptedElement;
        var opener = new KeyRingOpener(services);
        Assert.Equal("value", opener.Decrypt(sealedKey).Value);

        var bytes = Convert.FromBase64String(sealedKey.Value);
        bytes[^1] ^= 1;
        sealedKey.Value = Convert.ToBase64String(bytes);
        Assert.ThrowsAny<CryptographicException>(() => opener.Decrypt(sealedKey));
        sealedKey.Value = Convert.ToBase64String(bytes[..20]);
        Assert.ThrowsAny<CryptographicException>(() => opener.Decrypt(sealedKey));
    }

    private FolderDocuments Documents() => new(_folder.Path);

    private KeyRingSecret Secret(byte value)
    {
        var file = _folder.File($"secret-{value}");
        File.WriteAllBytes(file, [.. Enumerable.Repeat(value, 32)]);
        return KeyRingSecret.Of(file);
    }

    /// <summary>As one more process.</summary>
    private IDataProtector Protector(KeyRingSecret? secret)
    {
        var services = new ServiceCollection();
        services.AddDataProtection().SetApplicationName("test");
        if (secret is not null)
            services.AddSingleton(secret);
        services.Configure<KeyManagementOptions>(options =>
        {
            options.XmlRepository = new StoredKeyRing(Documents());
            options.XmlEncryptor = secret is null ? null : new KeyRingSealer(secret);
        });
        return services.BuildServiceProvider().GetRequiredService<IDataProtectionProvider>().CreateProtector("cookie");
    }
}
