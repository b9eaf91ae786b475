using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Features;

/// <summary>Who receives something by the current event: a consent, a grant, tokens, money.</summary>
internal sealed class ReceiptFeatures(NameTable names)
{
    private const uint Consents = 1, Tokens = 2, Payments = 4, Grants = 8;

    private static readonly ulong[] Contracts =
        [StableHash.Of("ConsentRegistry"u8), StableHash.Of("DataToken"u8), StableHash.Of("Escrow"u8),
            StableHash.Of("ClaimsLedger"u8), StableHash.Of("AccessRegistry"u8)];

    private static readonly ulong Organizations = StableHash.Of("organizations"u8), Strangers = StableHash.Of("strangers"u8);

    private readonly ulong[] _categories = new ulong[1];

    public static FeatureSchema Schema { get; } = new(
        ["what is given to whom"], ["consents received", "tokens received", "payments received", "grants received"]);

    /// <summary>The recipient; 0 when nobody receives anything.</summary>
    public ulong Recipient { get; private set; }

    /// <summary>Recipients of the same kind: accounts of a role, organizations, accounts that never acted.</summary>
    public ulong Peers { get; private set; }

    /// <summary>What was received, in the channels of <see cref="Schema"/>.</summary>
    public uint Channels { get; private set; }

    /// <summary>The activity and purpose with the kind of recipient.</summary>
    public ReadOnlySpan<ulong> Categories => _categories;

    public void Fill(SentinelEvent observed, HealthFeatures features)
    {
        (Recipient, Peers, Channels, _categories[0]) = (0, 0, 0, 0);
        var contract = observed.Kind == EventKind.LedgerTransaction ? Array.IndexOf(Contracts, features.EventClass) : -1;
        if (contract < 0)
            return;
        Span<byte> text = stackalloc byte[128];
        var (argument, channel) = contract switch
        {
            0 => ("grantee", Consents),
            1 => ("to", Tokens),
            2 => ("payee", Payments),
            3 => ("payee", Payments),
            _ => ("grantee", Grants),
        };
        if (contract == 4 && !observed.Is(TextField.Method, "grantAccess"u8))
            return;
        var recipient = TextOf(observed, argument, text);
        if (recipient.IsEmpty)
            return;
        (Recipient, Channels) = (StableHash.Of(recipient), channel);
        var role = features.Steps.RoleOf(Recipient);
        var kind = role != 0 ? role : recipient.StartsWith("org:"u8) ? Organizations : Strangers;
        Peers = StableHash.Combine(kind, 1);
        _categories[0] = StableHash.Combine(
            StableHash.Combine(features.Categories[HealthFeatures.Activity], observed.Key(TextField.Purpose)), kind);
        if (names.Wants(_categories[0]))
            names.Add(_categories[0], Named(observed, kind == Organizations ? "an organization"
                : kind == Strangers ? "an account that never acted" : "a member of staff of this kind"));
    }

    private static ReadOnlySpan<byte> TextOf(SentinelEvent observed, string argument, Span<byte> text) => argument switch
    {
        "grantee" => observed.ArgText("grantee"u8, text),
        "to" => observed.ArgText("to"u8, text),
        _ => observed.ArgText("payee"u8, text),
    };

    private static string Named(SentinelEvent observed, string kind) =>
        $"{observed.TextOf(TextField.Method)}{(observed.Has(TextField.Purpose) ? " for " + observed.TextOf(TextField.Purpose) : "")} to {kind}";
}
