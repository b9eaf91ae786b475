using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Rules;

/// <summary>What the consents and grants on the ledger say to an access, best first.</summary>
public enum PermissionAnswer
{
    /// <summary>One of them allows it.</summary>
    Allowed,

    /// <summary>There is none.</summary>
    Missing,

    /// <summary>The one cited is somebody else's, or about another patient.</summary>
    OfAnother,

    /// <summary>They are for other categories of data.</summary>
    OutsideScope,

    /// <summary>They are for other purposes.</summary>
    OutsidePurpose,

    /// <summary>They have run out.</summary>
    Expired,

    /// <summary>They were withdrawn.</summary>
    Revoked,
}

/// <summary>An access somebody wants, as permissions are asked about it. Empty texts are absent.</summary>
/// <param name="Patient">Whose data.</param>
/// <param name="Actor">Who wants it.</param>
/// <param name="Organization">The actor's organization, without <c>org:</c>.</param>
/// <param name="Purpose">HL7 v3 ActReason.</param>
/// <param name="At">When.</param>
public readonly record struct PermissionQuestion(
    string Patient, string Actor, string Organization, string Purpose, DateTimeOffset At)
{
    /// <summary>Category of the data, as scopes name it; empty asks for any.</summary>
    public string Category { get; init; } = "";

    /// <summary>A consent that is cited.</summary>
    public string ConsentId { get; init; } = "";

    /// <summary>A grant that is cited.</summary>
    public string GrantId { get; init; } = "";
}

/// <summary>
/// The consents and grants of the ledger as they stand at this moment, for whoever asks before an access. Safe from many threads.
/// </summary>
/// <remarks>
/// It follows events in the order in which they arrive: what was withdrawn before it was given, in that order, stays withdrawn. Bounds are those of the register
/// behind the rules about consent (262,144 permissions), and 65,536 withdrawals of what is not known yet, of which the oldest go. Asking costs at most a dozen
/// look-ups and allocates nothing.
/// </remarks>
public sealed class PermissionBook
{
    private const int EarlyMax = 65_536;
    private const int NameCharactersMax = 256;

    private static ReadOnlySpan<byte> OrganizationPrefix => "org:"u8;

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, long> _early = [];
    private readonly Queue<ulong> _earlyInOrder = new();
    private PermissionRegister _register = new();

    /// <summary>Takes in an event; all but consents and grants are passed over. O(1).</summary>
    public void Observe(SentinelEvent observed)
    {
        ArgumentNullException.ThrowIfNull(observed);
        if (observed.Kind != EventKind.LedgerTransaction || !observed.Is(TextField.Status, "success"u8))
            return;
        var method = observed.Text(TextField.Method);
        if (method.SequenceEqual("grantConsent"u8))
            Give(PermissionRegister.ConsentKey(observed.Key(TextField.ConsentId)), observed);
        else if (method.SequenceEqual("grantAccess"u8))
            Give(PermissionRegister.GrantKey(observed.Key(TextField.GrantId)), observed);
        else if (method.SequenceEqual("revokeConsent"u8))
            Revoke(PermissionRegister.ConsentKey(observed.Key(TextField.ConsentId)), observed);
        else if (method.SequenceEqual("revokeAccess"u8))
            Revoke(PermissionRegister.GrantKey(observed.Key(TextField.GrantId)), observed);
    }

    /// <summary>Starts from what an engine knows, as after a restart. Costs a copy of its register.</summary>
    public void Load(IDetectionEngine engine)
    {
        ArgumentNullException.ThrowIfNull(engine);
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        engine.SavePermissions(writer);
        writer.Flush();
        var register = new PermissionRegister();
        if (stream.Length > 0)
        {
            stream.Position = 0;
            using var reader = new BinaryReader(stream);
            register.Load(reader);
        }
        lock (_gate)
        {
            _register = register;
            _early.Clear();
            _earlyInOrder.Clear();
        }
    }

    /// <summary>What the permissions say. No allocation.</summary>
    /// <param name="question">The access.</param>
    /// <param name="suspendedGrants">Grants that do not count now, by <see cref="GrantKey"/>; null for none.</param>
    public PermissionAnswer Ask(in PermissionQuestion question, IReadOnlySet<ulong>? suspendedGrants = null)
    {
        var access = new AccessClaim
        {
            Subject = KeyOf(question.Patient),
            Actor = KeyOf(question.Actor),
            Organization = OrganizationKey(question.Organization),
            Purpose = KeyOf(question.Purpose),
            Category = KeyOf(question.Category),
            AtMs = question.At.ToUnixTimeMilliseconds(),
        };
        if (access.Subject == 0 || access.Actor == 0)
            return PermissionAnswer.Missing;
        var (consent, grant) = (PermissionRegister.ConsentKey(KeyOf(question.ConsentId)), GrantKey(question.GrantId));
        lock (_gate)
            return AnswerOf(_register.Explain(consent, grant, access, suspendedGrants));
    }

    /// <summary>The key of a grant, for <see cref="Ask"/>.</summary>
    public static ulong GrantKey(string grantId) => PermissionRegister.GrantKey(KeyOf(grantId));

    private void Give(ulong key, SentinelEvent observed)
    {
        if (key == 0)
            return;
        lock (_gate)
        {
            _register.Give(key, observed);
            if (_early.TryGetValue(key, out var withdrawnAtMs) && withdrawnAtMs >= observed.OccurredAt.ToUnixTimeMilliseconds())
                _register.RevokeAt(key, withdrawnAtMs);
        }
    }

    private void Revoke(ulong key, SentinelEvent observed)
    {
        if (key == 0)
            return;
        lock (_gate)
        {
            _register.Revoke(key, observed);
            // Kept although it may be known: the same permission may come again, late, from before it was withdrawn.
            if (_early.TryAdd(key, observed.OccurredAt.ToUnixTimeMilliseconds()))
                _earlyInOrder.Enqueue(key);
            else
                _early[key] = Math.Max(_early[key], observed.OccurredAt.ToUnixTimeMilliseconds());
            if (_earlyInOrder.Count > EarlyMax)
                _early.Remove(_earlyInOrder.Dequeue());
        }
    }

    /// <summary>The key of "org:" and the name, as grantees write it.</summary>
    private static ulong OrganizationKey(string organization)
    {
        if (organization.Length is 0 or > NameCharactersMax)
            return 0;
        Span<byte> text = stackalloc byte[OrganizationPrefix.Length + (NameCharactersMax * 3)];
        OrganizationPrefix.CopyTo(text);
        var length = System.Text.Encoding.UTF8.GetBytes(organization, text[OrganizationPrefix.Length..]);
        return StableHash.Of(text[..(OrganizationPrefix.Length + length)]);
    }

    private static ulong KeyOf(string text) => text.Length is 0 or > NameCharactersMax ? 0 : StableHash.Of(text);

    private static PermissionAnswer AnswerOf(PermissionFault fault) => fault switch
    {
        PermissionFault.None => PermissionAnswer.Allowed,
        PermissionFault.Grantee => PermissionAnswer.OfAnother,
        PermissionFault.Scope => PermissionAnswer.OutsideScope,
        PermissionFault.Purpose => PermissionAnswer.OutsidePurpose,
        PermissionFault.Expired => PermissionAnswer.Expired,
        PermissionFault.Revoked => PermissionAnswer.Revoked,
        _ => PermissionAnswer.Missing,
    };
}
