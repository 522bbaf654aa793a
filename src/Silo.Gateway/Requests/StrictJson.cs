using Silo.Contracts.Json;

namespace Silo.Gateway.Requests;

/// <summary>How requests are read.</summary>
internal static class StrictJson
{
    public const int ClientDepthMax = 64;

    /// <summary>Above a client's: a payload at the limit comes wrapped, and a result may be deeper than its payload.</summary>
    public const int NodeDepthMax = 128;

    public static readonly ApiJson Client = ApiJson.Strict(ClientDepthMax);

    public static readonly ApiJson Node = ApiJson.Strict(NodeDepthMax);
}
