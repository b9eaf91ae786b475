using SentinelHealth.Response.Custody;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Custody;

public sealed class SubjectVaultTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Keys_survive_a_restart_and_a_rotation_of_the_master_key()
    {
        SubjectKey key;
        using (var vault = Open())
            key = vault.KeysFor(["patient:1"])["patient:1"];
        var master = File.ReadAllBytes(_folder.File("master.key"));
        using (var vault = Open())
        {
            Assert.Equal(key.Key, vault.KeysFor(["patient:1"])["patient:1"].Key);
            vault.RotateMaster();
        }

        using var again = Open();

        Assert.Equal(key.Key, again.Find(key.Id));
        Assert.NotEqual(master, File.ReadAllBytes(_folder.File("master.key")));
    }

    [Fact]
    public void An_erased_key_is_gone_for_good_and_a_person_who_comes_back_gets_another()
    {
        using var vault = Open();
        var key = vault.KeysFor(["patient:1", "patient:2"]);

        var erased = vault.EraseSubject("patient:1", "compliance-1", SomeCase.At);

        Assert.Equal([key["patient:1"].Id], erased);
        Assert.Null(vault.Find(key["patient:1"].Id));
        Assert.Equal(key["patient:2"].Key, vault.Find(key["patient:2"].Id));
        Assert.NotEqual(key["patient:1"].Id, vault.KeysFor(["patient:1"])["patient:1"].Id);
    }

    [Fact]
    public void A_legal_hold_keeps_a_person_until_it_is_lifted()
    {
        using var vault = Open();
        vault.KeysFor(["patient:1"]);
        vault.Hold("patient:1", "A case in court.", "compliance-1", SomeCase.At);

        Assert.Throws<InvalidOperationException>(() => vault.EraseSubject("patient:1", "compliance-1", SomeCase.At));
        Assert.True(vault.Lift("patient:1"));
        Assert.Single(vault.EraseSubject("patient:1", "compliance-1", SomeCase.At));
    }

    [Fact]
    public void A_vault_without_its_master_key_or_with_one_that_others_may_read_is_refused()
    {
        using (var vault = Open())
            vault.KeysFor(["patient:1"]);
        var file = _folder.File("master.key");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
            Assert.Throws<EvidenceTamperedException>(Open);
        }
        File.Delete(file);

        Assert.Throws<EvidenceTamperedException>(Open);
    }

    private SubjectVault Open() => SubjectVault.Open(_folder.Path, null);
}
