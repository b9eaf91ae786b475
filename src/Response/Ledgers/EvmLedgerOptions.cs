using SentinelHealth.Ingest.Evm;

namespace SentinelHealth.Response.Ledgers;

/// <summary>Which guard contract to order, through which node and as whom.</summary>
public sealed record EvmLedgerOptions
{
    private const long GasPriceFactor = 8;

    /// <summary>The node, or a signer in front of it. It holds the keys of both accounts.</summary>
    public required JsonRpcOptions Node { get; init; }

    /// <summary>The guard's address, 0x-hex.</summary>
    public required string GuardAddress { get; init; }

    /// <summary>The account that contains, 0x-hex.</summary>
    public required string AutomationAccount { get; init; }

    /// <summary>The account that restores on behalf of people, 0x-hex. Never the automation's: the guard refuses one account both roles.</summary>
    public required string RestorerAccount { get; init; }

    /// <summary>
    /// The second account without which the guard restores nothing, 0x-hex. Empty when people restore by their own means; then
    /// orders to restore are refused here.
    /// </summary>
    public string SecondRestorerAccount { get; init; } = "";

    /// <summary>
    /// The node or signer that holds the second restorer's key, so that no single signer can restore alone; null for the same
    /// as <see cref="Node"/>.
    /// </summary>
    public JsonRpcOptions? SecondSigner { get; init; }

    /// <summary>
    /// On a QBFT chain: the node identifier of every validator, by account, 0x-hex. The validator set is then read from consensus
    /// itself instead of the guard. Empty reads the guard's set.
    /// </summary>
    public IReadOnlyDictionary<string, string> ValidatorNodes { get; init; } = new Dictionary<string, string>();

    /// <summary>The ledger's name for people.</summary>
    public string Name { get; init; } = "EVM ledger";

    /// <summary>How long to wait for a sent transaction before its outcome is called unknown. Default 30 s, 1 s to 10 min.</summary>
    public TimeSpan ReceiptTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Blocks on top of an effect before it is called confirmed. Default 0, for immediate finality; 0 to 100.</summary>
    public int ConfirmationBlocks { get; init; }

    /// <summary>
    /// Gas a transaction may use. Default 3,000,000: a quarantine asks every validator of at most 128, at about 5,000 each.
    /// 100,000 to 30,000,000.
    /// </summary>
    public long GasMax { get; init; } = 3_000_000;

    /// <summary>
    /// What a transaction pays for each unit of gas, in wei. Default 0: consortium networks run without prices, and a node with one
    /// refuses, which is visible, instead of spending.
    /// </summary>
    public long GasPriceWei { get; init; }

    /// <summary>
    /// What a transaction that sticks may pay at most, in wei: it is sent again under its number at twice the price, up to this. Null, the
    /// default: eight times <see cref="GasPriceWei"/>, three doublings; so nothing on a network without prices, where a price could only be
    /// refused. 0: it is only ever sent again as it was.
    /// </summary>
    public long? GasPriceMaxWei { get; init; }

    /// <summary>What a transaction that sticks may pay at most, defaults filled in.</summary>
    internal long GasPriceLimitWei => GasPriceMaxWei ?? GasPriceFactor * GasPriceWei;

    /// <summary>How long a transaction may wait for a block before it is sent again. Default 15 s, 1 s to 10 min; several blocks.</summary>
    public TimeSpan StuckAfter { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Web3Signer, which then signs for every account by its signing endpoint; transactions go to <see cref="Node"/> signed. Null when
    /// the node, or what stands in front of it, signs.
    /// </summary>
    public Uri? Web3Signer { get; init; }

    /// <summary>A further Web3Signer for the second restorer, so that no single signer can restore alone; null for the same.</summary>
    public Uri? SecondWeb3Signer { get; init; }

    /// <summary>Refuses values outside the stated ranges.</summary>
    /// <exception cref="ArgumentException">A value is out of range or malformed.</exception>
    public void Validate()
    {
        Node.Validate();
        Require(EvmAddress.TryParse(GuardAddress, out _), "The guard's address is malformed.");
        Require(EvmAddress.TryParse(AutomationAccount, out var automation), "The automation account is malformed.");
        Require(EvmAddress.TryParse(RestorerAccount, out var restorer), "The restorer account is malformed.");
        Require(automation != restorer, "Automation and restorer are two accounts.");
        if (SecondRestorerAccount.Length > 0)
        {
            Require(EvmAddress.TryParse(SecondRestorerAccount, out var second), "The second restorer account is malformed.");
            Require(second != automation && second != restorer, "Automation and the two restorers are three accounts.");
        }
        SecondSigner?.Validate();
        Require(ValidatorNodes.Keys.All(account => EvmAddress.TryParse(account, out _)), "A validator's account is malformed.");
        Require(ReceiptTimeout >= TimeSpan.FromSeconds(1) && ReceiptTimeout <= TimeSpan.FromMinutes(10),
            "The receipt timeout lies between 1 s and 10 min.");
        Require(ConfirmationBlocks is >= 0 and <= 100, "Confirmation blocks lie between 0 and 100.");
        Require(GasPriceWei is >= 0 and <= long.MaxValue / GasPriceFactor && !(GasPriceMaxWei < 0), "Gas prices are not negative, nor beyond counting.");
        Require(GasPriceMaxWei is null or 0 || GasPriceMaxWei >= GasPriceWei, "The highest gas price is not below the ordinary one.");
        Require(StuckAfter >= TimeSpan.FromSeconds(1) && StuckAfter <= TimeSpan.FromMinutes(10),
            "A transaction sticks after 1 s to 10 min.");
        Require(IsHttp(Web3Signer) && IsHttp(SecondWeb3Signer), "A signer's endpoint is an absolute http or https address.");
        Require(SecondWeb3Signer is null || Web3Signer is not null, "A second signer goes with a first.");
        Require(GasMax is >= 100_000 and <= 30_000_000, "The gas limit lies between 100,000 and 30,000,000.");
    }

    private static bool IsHttp(Uri? endpoint) => endpoint is null or { IsAbsoluteUri: true, Scheme: "http" or "https" };

    private static void Require(bool holds, string sentence)
    {
        if (!holds)
            throw new ArgumentException(sentence);
    }
}
