using System.Diagnostics;
using System.Text;
using SentinelHealth.Ingest.Log;
using SentinelHealth.Response.Custody;
using SentinelHealth.Response.Custody.Sharing;
using SentinelHealth.Response.Storage.Engines;
using SentinelHealth.Testing.Storage;

namespace SentinelHealth.Testing.Evidence;

/// <summary>Persons' keys that several processes share, on every engine.</summary>
public abstract partial class SharedVaultConformance(StoreSite site) : IDisposable
{
    private static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(number => (byte)number)];

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        site.Dispose();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void A_second_process_reads_what_the_first_sealed_once_that_one_let_it_in()
    {
        using var first = Begun("a");
        var key = first.KeysFor(["patient:1"])["patient:1"];
        using var second = Open("b");
        Assert.False(second.IsAdmitted);
        Assert.Throws<IOException>(() => second.Find(key.Id));

        first.Look();

        Assert.True(second.IsAdmitted);
        Assert.Equal(key.Key, second.Find(key.Id));
        Assert.Equal(key.Key, second.KeysFor(["patient:1", "patient:2"])["patient:1"].Key);
        Assert.Equal(second.KeysFor(["patient:2"])["patient:2"].Key, first.Find(second.KeysFor(["patient:2"])["patient:2"].Id));
    }

    [Fact]
    public void A_vault_is_begun_once_and_opens_again()
    {
        SubjectKey key;
        using (var vault = Begun("a"))
        {
            key = vault.KeysFor(["patient:1"])["patient:1"];
            vault.RotateMaster();
        }
        using var again = Open("a");
        Assert.False(again.TryBegin(null));
        Assert.Equal(key.Key, again.Find(key.Id));
        Assert.Equal(key.Key, again.KeysFor(["patient:1"])["patient:1"].Key);
    }

    [Fact]
    public async Task What_one_process_erases_no_other_opens_for_longer_than_it_may_go_without_looking()
    {
        using var first = Begun("a");
        using var second = Admitted("b", first);
        var keys = second.KeysFor(["patient:1", "patient:2"]);
        Assert.NotNull(second.Find(keys["patient:1"].Id));

        Assert.Equal([keys["patient:1"].Id], first.EraseSubject("patient:1", "compliance-1", SomeCase.At));
        var since = Stopwatch.GetTimestamp();

        Assert.Null(first.Find(keys["patient:1"].Id));
        // It does not look: what it remembers ends by itself.
        await Patience.UntilAsync(() => second.Find(keys["patient:1"].Id) is null, () => "It is still opened.");
        Assert.InRange(Stopwatch.GetElapsedTime(since), TimeSpan.Zero, SharedVault.KnownFor + TimeSpan.FromSeconds(2));
        Assert.Equal(keys["patient:2"].Key, second.Find(keys["patient:2"].Id));
        Assert.NotEqual(keys["patient:1"].Id, second.KeysFor(["patient:1"])["patient:1"].Id);
        Assert.Empty(first.EraseSubject("patient:9", "compliance-1", SomeCase.At));
    }

    [Fact]
    public void One_that_looks_forgets_an_erased_key_at_once()
    {
        using var first = Begun("a");
        using var second = Admitted("b", first);
        var key = second.KeysFor(["patient:1"])["patient:1"];

        first.EraseSubject("patient:1", "compliance-1", SomeCase.At);
        second.Look();

        Assert.Null(second.Find(key.Id));
    }

    [Fact]
    public async Task An_old_copy_of_the_database_opens_nothing_once_all_custodians_have_replaced_their_keys()
    {
        using var first = Begun("a");
        using var second = Admitted("b", first);
        var key = first.KeysFor(["patient:1"])["patient:1"];
        await CopyAsync("before.db");

        first.EraseSubject("patient:1", "compliance-1", SomeCase.At);

        // The second has not looked: its key still opens what was copied before, and the outcome says whose it is.
        Assert.Equal(["b"], second.Outstanding());
        Assert.Equal(key.Key, Opened("before.db", "b")!.Find(key.Id));
        Assert.Throws<EvidenceTamperedException>(() => Opened("before.db", "a")!.Find(key.Id));

        second.Look();

        Assert.Empty(first.Outstanding());
        foreach (var folder in new[] { "a", "b" })
            Assert.Throws<EvidenceTamperedException>(() => Opened("before.db", folder)!.Find(key.Id));
        await CopyAsync("after.db");
        Assert.Null(Opened("after.db", "b")!.Find(key.Id));
    }

    [Fact]
    public async Task Nothing_in_the_database_is_a_key()
    {
        using var first = Begun("a");
        using var second = Admitted("b", first);
        var keys = first.KeysFor(["patient:1", "patient:2"]);
        first.EraseSubject("patient:2", "compliance-1", SomeCase.At);
        await CopyAsync("copy.db");

        var bytes = Convert.ToHexString(await File.ReadAllBytesAsync(_folder.File("copy.db"), Cancel));

        Assert.All(keys.Values, key => Assert.DoesNotContain(Convert.ToHexString(key.Key), bytes, StringComparison.Ordinal));
        Assert.DoesNotContain(Convert.ToHexString(Encoding.UTF8.GetBytes("patient:1")), bytes, StringComparison.Ordinal);
    }

    [Fact]
    public void A_legal_hold_of_one_process_keeps_the_others_from_erasing()
    {
        using var first = Begun("a");
        using var second = Admitted("b", first);
        first.KeysFor(["patient:1"]);
        first.Hold("patient:1", "A case in court.", "compliance-1", SomeCase.At);

        Assert.True(second.IsHeld("patient:1"));
        Assert.Throws<InvalidOperationException>(() => second.EraseSubject("patient:1", "compliance-1", SomeCase.At));
        Assert.True(second.Lift("patient:1"));
        Assert.False(first.Lift("patient:1"));
        Assert.Single(first.EraseSubject("patient:1", "compliance-1", SomeCase.At));
    }

    [Fact]
    public void A_process_that_dies_while_it_replaces_its_key_goes_on_with_the_one_the_database_knows()
    {
        foreach (var hasNewFile in new[] { true, false })
        {
            var name = hasNewFile ? "known" : "unknown";
            using var first = hasNewFile ? Begun("a") : Open("a");
            using (var second = Admitted(name, first))
                second.Look();
            var before = File.ReadAllBytes(_folder.File($"{name}/custodian.pk8"));
            var key = first.KeysFor(["patient:1"])["patient:1"];
            first.RotateMaster();
            if (hasNewFile)
            {
                // The database has taken the new key, and the old file was still there.
                using (var second = Open(name))
                    second.Look();
                File.Move(_folder.File($"{name}/custodian.pk8"), _folder.File($"{name}/custodian-next.pk8"));
                File.WriteAllBytes(_folder.File($"{name}/custodian.pk8"), before);
                Protect(_folder.File($"{name}/custodian.pk8"));
            }
            else
            {
                // The new file was there, and the database had not taken it.
                File.WriteAllBytes(_folder.File($"{name}/custodian-next.pk8"), File.ReadAllBytes(_folder.File("a/custodian.pk8")));
                Protect(_folder.File($"{name}/custodian-next.pk8"));
            }

            using var again = Open(name);
            again.Look();

            Assert.Equal(key.Key, again.Find(key.Id));
            Assert.DoesNotContain(name, again.Outstanding());
            Assert.NotEqual(before, File.ReadAllBytes(_folder.File($"{name}/custodian.pk8")));
            Assert.False(File.Exists(_folder.File($"{name}/custodian-next.pk8")));
        }
    }

    [Fact]
    public void A_process_without_the_clusters_secret_is_not_let_in_and_a_row_put_there_by_hand_gets_nothing()
    {
        using var first = Begun("a", Secret);
        using var stranger = Open("b", [.. Secret.Reverse()]);
        using var nobody = Open("c", null);
        first.Look();
        Assert.False(stranger.IsAdmitted || nobody.IsAdmitted);
        Assert.Single(first.SigningKeys());
        using var friend = Open("d", Secret);
        first.Look();
        Assert.True(friend.IsAdmitted);

        // The friend's key is replaced by a stranger's: the next exchange leaves it out instead of giving the stranger the master key.
        using (var engine = site.OpenVault())
            engine.Write(session => session.Execute(
                $"UPDATE custodian SET key = (SELECT key FROM custodian WHERE name = 'b') WHERE name = 'd'"));
        first.RotateMaster();

        Assert.Equal(["a"], first.Custodians().Where(custodian => custodian.IsAdmitted).Select(custodian => custodian.Name));
    }

    [Fact]
    public void A_vault_that_was_sealed_is_not_taken_without_its_seal()
    {
        using (var first = Begun("a", Secret))
            first.KeysFor(["patient:1"]);
        using (var engine = site.OpenVault())
            engine.Write(session => session.Execute("UPDATE vault SET seal = @seal", ("@seal", Array.Empty<byte>())));
        using var again = Open("a", Secret);

        Assert.Throws<EvidenceTamperedException>(() => again.IsAdmitted);
    }

    [Fact]
    public void A_secret_that_comes_later_seals_what_is_there()
    {
        using (var first = Begun("a"))
            first.KeysFor(["patient:1"]);
        using var again = Open("a", Secret);
        again.Look();
        using var second = Open("b", Secret);
        again.Look();

        Assert.True(second.IsAdmitted);
    }

    [Fact]
    public void A_custodian_that_never_comes_back_can_be_taken_out_and_has_nothing_from_then_on()
    {
        var clock = new LaterClock();
        using var first = Begun("a", null, clock);
        using var second = Admitted("b", first);
        var key = first.KeysFor(["patient:1"])["patient:1"];
        first.EraseSubject("patient:9", "compliance-1", SomeCase.At);
        var gone = first.Custodians().Single(custodian => custodian.Name == "b");
        Assert.True(gone.IsOutstanding);

        // One that was seen within the last minute is there, and may lead.
        clock.Later = TimeSpan.FromSeconds(40);
        Assert.True(first.IsPresent(gone.Id));
        Assert.Throws<InvalidOperationException>(() => first.Remove(gone.Id));
        Assert.Equal(key.Key, second.Find(key.Id));
        Assert.Equal(2, first.Custodians().Count);
        clock.Later = TimeSpan.FromSeconds(62);
        Assert.False(first.IsPresent(gone.Id));

        Assert.Equal("b", first.Remove(gone.Id));

        Assert.Empty(first.Outstanding());
        Assert.Null(first.Remove(gone.Id));
        Assert.Throws<InvalidOperationException>(() => first.Remove(first.Custodians().Single().Id));
        Assert.Throws<IOException>(() => second.KeysFor(["patient:2"]));
        Assert.Equal(key.Key, first.Find(key.Id));
    }

    [Fact]
    public void A_folder_is_one_process()
    {
        using var first = Begun("a");

        Assert.Throws<IOException>(() => Open("a"));

        first.Look();
        Assert.NotEmpty(first.KeysFor(["patient:1"]));
    }

    [Fact]
    public void A_process_whose_private_key_is_gone_does_not_open()
    {
        Begun("a").Dispose();
        File.Delete(_folder.File("a/custodian.pk8"));

        Assert.Throws<EvidenceTamperedException>(() => Open("a"));
    }

    [Fact]
    public void Keys_in_files_move_in_once_wherever_it_is_cut_off_and_what_they_lay_in_is_destroyed()
    {
        SubjectKey kept, erased;
        Directory.CreateDirectory(_folder.File("a"));
        using (var files = SubjectVault.Open(_folder.File("a"), null))
        {
            (kept, erased) = (files.KeysFor(["patient:1"])["patient:1"], files.KeysFor(["patient:2"])["patient:2"]);
            files.EraseSubject("patient:2", "compliance-1", SomeCase.At);
            files.Hold("patient:1", "A case in court.", "compliance-1", SomeCase.At);
        }
        var before = Directory.GetFiles(_folder.File("a")).ToDictionary(file => file, File.ReadAllBytes);
        // Cut off after the database had it and before anything else: it is done again, and nothing is twice.
        using (var cut = Open("a"))
        using (var files = SubjectVault.Open(_folder.File("a"), null))
            Assert.True(cut.TryBegin(files.Contents()));

        using var vault = Open("a");
        EvidenceMove.Run(_folder.File("a"), null, vault, isFresh: false);

        Assert.Equal(kept.Key, vault.Find(kept.Id));
        Assert.Equal(kept.Key, vault.KeysFor(["patient:1"])["patient:1"].Key);
        Assert.Null(vault.Find(erased.Id));
        Assert.True(vault.IsHeld("patient:1"));
        Assert.DoesNotContain(Directory.GetFiles(_folder.File("a")), before.ContainsKey);
        EvidenceMove.Run(_folder.File("a"), null, vault, isFresh: false);
        // Others' keys do not come on top.
        Directory.CreateDirectory(_folder.File("b"));
        using (var files = SubjectVault.Open(_folder.File("b"), null))
            files.KeysFor(["patient:1"]);
        using var second = Admitted("b", vault);
        Assert.Throws<EvidenceTamperedException>(() => EvidenceMove.Run(_folder.File("b"), null, second, isFresh: false));
    }

    private SharedVault Begun(string name, byte[]? secret = null, TimeProvider? clock = null)
    {
        var vault = Open(name, secret, clock);
        Assert.True(vault.TryBegin(null));
        return vault;
    }

    private SharedVault Admitted(string name, SharedVault by)
    {
        var vault = Open(name);
        by.Look();
        vault.Look();
        return vault;
    }

    private SharedVault Open(string name, byte[]? secret = null, TimeProvider? clock = null)
    {
        Directory.CreateDirectory(_folder.File(name));
        var own = SharedSigner.Open(_folder.File(name), SigningAlgorithm.EcdsaP256).Own;
        return SharedVault.Open(site.OpenVault(), _folder.File(name), (own, name), secret, clock ?? TimeProvider.System);
    }

    /// <summary>Everything in the database as a backup of it has it.</summary>
    private async Task CopyAsync(string name)
    {
        using var engine = site.OpenVault();
        await VaultSchema.Current.BackUpAsync(engine, _folder.File(name), Cancel);
    }

    private SharedVault Opened(string copy, string folder) => SharedVault.Beside(
        new SqliteEngine(new SqliteFile(_folder.File(copy))), _folder.File(folder),
        SharedSigner.Open(_folder.File(folder), SigningAlgorithm.EcdsaP256).Own.Id, null, TimeProvider.System);

    private static void Protect(string file)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>Real time, and a while later.</summary>
    private sealed class LaterClock : TimeProvider
    {
        public TimeSpan Later { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Later;
    }
}
