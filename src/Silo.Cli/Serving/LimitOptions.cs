using System.CommandLine;
using Silo.Cli.Configuration;
using Silo.Cli.Invocation;
using Silo.Gateway;
using Silo.Gateway.Security;

namespace Silo.Cli.Serving;

/// <summary>The limits of a server's HTTP API.</summary>
internal sealed class LimitOptions
{
    private readonly Option<long> _body;
    private readonly Option<long> _bodies;
    private readonly Option<long> _payload;
    private readonly Option<int> _depth;
    private readonly Option<int> _batch;
    private readonly Option<long> _backlog;
    private readonly Option<int> _readers;
    private readonly Option<int> _connections;
    private readonly Option<TimeSpan> _headerTime;
    private readonly Option<TimeSpan> _idleTime;
    private readonly Option<TimeSpan> _bodyTime;
    private readonly Option<long> _bodyRate;
    private readonly Option<TimeSpan> _bodyGrace;

    public LimitOptions(CommandContext context, Command command)
    {
        _body = context.Option(LimitSettings.Body);
        _bodies = context.Option(LimitSettings.Bodies);
        _payload = context.Option(LimitSettings.Payload);
        _depth = context.Option(LimitSettings.Depth);
        _batch = context.Option(LimitSettings.Batch);
        _backlog = context.Option(LimitSettings.Backlog);
        _readers = context.Option(LimitSettings.Readers);
        _connections = context.Option(LimitSettings.Connections);
        _headerTime = context.Option(LimitSettings.HeaderTime);
        _idleTime = context.Option(LimitSettings.IdleTime);
        _bodyTime = context.Option(LimitSettings.BodyTime);
        _bodyRate = context.Option(LimitSettings.BodyRate);
        _bodyGrace = context.Option(LimitSettings.BodyGrace);
        foreach (var option in new Option[] { _body, _bodies, _payload, _depth, _batch, _backlog, _readers, _connections, _headerTime, _idleTime, _bodyTime, _bodyRate, _bodyGrace })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The gateway under these limits.</summary>
    /// <remarks>A key is asked of everyone who calls, so with one the name by which the server is called says nothing more.</remarks>
    public GatewayOptions Read(ParseResult parsed, IReadOnlyList<ApiKey> keys) => new()
    {
        ApiKeys = keys,
        AllowedHosts = keys.Count == 0 ? [] : ["*"],
        BodyBytesMax = parsed.GetValue(_body),
        BodiesBytesMax = parsed.GetValue(_bodies),
        PayloadBytesMax = (int)parsed.GetValue(_payload),
        JsonDepthMax = parsed.GetValue(_depth),
        BatchTasksMax = parsed.GetValue(_batch),
        BacklogMax = parsed.GetValue(_backlog),
        EventReadersMax = parsed.GetValue(_readers),
        ConnectionsMax = parsed.GetValue(_connections),
        RequestHeadersTimeout = parsed.GetValue(_headerTime),
        KeepAliveTimeout = parsed.GetValue(_idleTime),
        BodyTimeMax = parsed.GetValue(_bodyTime),
        BodyBytesPerSecondMin = parsed.GetValue(_bodyRate),
        BodyGraceTime = parsed.GetValue(_bodyGrace),
    };
}
