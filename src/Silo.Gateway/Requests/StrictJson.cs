using Silo.Contracts.Json;

namespace Silo.Gateway.Requests;

/// <summary>How requests are read.</summary>
/// <param name="depthMax">Levels of JSON in a client's request.</param>
internal sealed class StrictJson(int depthMax)
{
    /// <summary>Above a client's: a payload at the limit comes wrapped, and a result may be deeper than its payload.</summary>
    private const int NodeDepthMore = 64;

    public ApiJson Client { get; } = ApiJson.Strict(depthMax);

    public ApiJson Node { get; } = ApiJson.Strict(depthMax + NodeDepthMore);
}
