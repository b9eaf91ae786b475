using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Features;

/// <summary>
/// Membership, model updates and settlements of the current event, each as its detector sees it: an entity of 0 where the event
/// is none of it.
/// </summary>
internal sealed class LedgerFeatures
{
    public const uint ProposalChannel = 1, VoteChannel = 2;
    public const uint ClaimChannel = 1, ReleaseChannel = 2;
    public const int Norm = 0, Cosine = 1, Round = 2, Unattributed = 3;
    public const int Amount = 0, IsUnseen = 1, IsUngranted = 2;

    private static readonly ulong NodeRegistry = StableHash.Of("NodeRegistry"u8), ModelRegistry = StableHash.Of("ModelRegistry"u8);
    private static readonly ulong Claims = StableHash.Of("ClaimsLedger"u8), Escrows = StableHash.Of("Escrow"u8);

    private readonly ulong[] _categories = new ulong[2];
    private readonly double[] _numbers = new double[4];
    private ulong _contract;

    public static FeatureSchema Membership { get; } = new(["ballot", "choice"], ["nodes proposed", "votes"]);

    public static FeatureSchema Updates { get; } = new([], []) { Numeric = ["norm", "cosine", "round", "unattributed"] };

    public static FeatureSchema Settlements { get; } = new(["payee and code"], ["claims", "releases"])
    {
        Numeric = ["amount", "unseen", "ungranted"],
    };

    public ReadOnlySpan<ulong> Categories => _categories;

    public ReadOnlySpan<double> Numbers => _numbers;

    public uint Channels { get; private set; }

    /// <summary>Who is judged: the house that proposes, the node that votes, the member that updates, the account that settles.</summary>
    public ulong Entity { get; private set; }

    /// <summary>The model of an update; for a settlement its kind.</summary>
    public ulong Peers { get; private set; }

    public bool IsMembership => Entity != 0 && _contract == NodeRegistry;

    public bool IsUpdate => Entity != 0 && _contract == ModelRegistry;

    public bool IsSettlement => Entity != 0 && (_contract == Claims || _contract == Escrows);

    public void Fill(SentinelEvent observed, HealthFeatures features)
    {
        (Entity, Peers, Channels) = (0, 0, 0);
        _contract = observed.Kind == EventKind.LedgerTransaction ? features.EventClass : 0;
        if (_contract == NodeRegistry)
            FillMembership(observed);
        else if (_contract == ModelRegistry)
            FillUpdate(observed);
        else if ((_contract == Claims || _contract == Escrows) && observed.Is(TextField.Status, "success"u8))
            FillSettlement(observed, features);
    }

    private void FillMembership(SentinelEvent observed)
    {
        if (observed.Is(TextField.Method, "proposeNode"u8))
        {
            var house = observed.ArgKey("nodeOrganization"u8);
            (Entity, Channels) = (house == 0 ? observed.Key(TextField.Actor) : house, ProposalChannel);
        }
        else if (observed.Is(TextField.Method, "vote"u8))
        {
            (Entity, Channels) = (observed.Key(TextField.Node), VoteChannel);
            _categories[0] = observed.ArgKey("nodeId"u8);
            _categories[1] = observed.TrySeekArg("approve"u8, out var reader)
                && reader.TokenType == System.Text.Json.JsonTokenType.True ? 2ul : 1ul;
        }
        Peers = 1;
    }

    private void FillUpdate(SentinelEvent observed)
    {
        if (!observed.Is(TextField.Method, "submitUpdate"u8))
            return;
        var model = observed.ArgKey("modelId"u8);
        var member = observed.Has(TextField.Organization) ? observed.Key(TextField.Organization) : observed.Key(TextField.Actor);
        (Entity, Peers) = (StableHash.Combine(member, model), StableHash.Combine(model, 1));
        _numbers[Norm] = observed.ArgNumber("updateNorm"u8);
        _numbers[Cosine] = observed.ArgNumber("cosine"u8);
        _numbers[Round] = observed.ArgNumber("round"u8);
        _numbers[Unattributed] = observed.ArgKey("provenance"u8) == 0 ? 1 : 0;
    }

    private void FillSettlement(SentinelEvent observed, HealthFeatures features)
    {
        var isClaim = observed.Is(TextField.Method, "submitClaim"u8);
        if (!isClaim && !observed.Is(TextField.Method, "release"u8))
            return;
        (Entity, Peers) = (observed.Key(TextField.Actor), isClaim ? Claims : Escrows);
        Channels = isClaim ? ClaimChannel : ReleaseChannel;
        _categories[0] = isClaim ? observed.ArgKey("code"u8) : observed.ArgKey("payee"u8);
        _numbers[Amount] = observed.Number(NumberField.Amount);
        _numbers[IsUnseen] = isClaim && observed.Has(TextField.Subject) ? features.Ties.IsUnseen ? 1 : 0 : double.NaN;
        _numbers[IsUngranted] = isClaim ? double.NaN : observed.ArgKey("grantId"u8) == 0 ? 1 : 0;
        _numbers[3] = double.NaN;
    }
}
