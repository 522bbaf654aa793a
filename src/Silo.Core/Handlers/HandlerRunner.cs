using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace Silo.Core.Handlers;

/// <summary>Runs a handler from the container: each execution has a scope of its own, as a web request has.</summary>
/// <param name="scopeless">Makes a handler that needs no scope; null when it may need one.</param>
internal sealed class HandlerRunner<TPayload, TResult>(string type, Type handlerType, IServiceProvider services, Func<IServiceProvider, object>? scopeless) : IHandlerRunner
{
    private static readonly JsonTypeInfo<TPayload> PayloadForm = (JsonTypeInfo<TPayload>)HandlerJson.Options.GetTypeInfo(typeof(TPayload));
    private static readonly JsonTypeInfo<TResult> ResultForm = (JsonTypeInfo<TResult>)HandlerJson.Options.GetTypeInfo(typeof(TResult));
    private static readonly ReadOnlyMemory<byte> Null = "null"u8.ToArray();

    private readonly bool _checks = typeof(IPayloadCheck<TPayload>).IsAssignableFrom(handlerType);

    public string Type => type;

    public ValueTask<ReadOnlyMemory<byte>> RunAsync(ReadOnlyMemory<byte> payload, TaskContext context, CancellationToken cancellationToken) =>
        scopeless is null ? RunScopedAsync(payload, context, cancellationToken) : RunAsync(scopeless(services), payload, context, cancellationToken);

    public PayloadProblem? Check(ReadOnlyMemory<byte> payload)
    {
        var value = Read(payload, out var problem);
        if (problem is not null || !_checks)
            return problem;

        var scope = services.CreateAsyncScope();
        try
        {
            return ((IPayloadCheck<TPayload>)scope.ServiceProvider.GetRequiredService(handlerType)).Check(value!);
        }
        finally
        {
            // A handler may have an asynchronous end only; it has not run, so there is nothing to wait for in practice.
            scope.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private async ValueTask<ReadOnlyMemory<byte>> RunScopedAsync(ReadOnlyMemory<byte> payload, TaskContext context, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        return await RunAsync(scope.ServiceProvider.GetRequiredService(handlerType), payload, context, cancellationToken);
    }

    private static async ValueTask<ReadOnlyMemory<byte>> RunAsync(object handler, ReadOnlyMemory<byte> payload, TaskContext context, CancellationToken cancellationToken)
    {
        var value = Read(payload, out var problem);
        // Not every task came through a gateway that has this handler, so the content is checked here too.
        problem ??= (handler as IPayloadCheck<TPayload>)?.Check(value!);
        if (problem is not null)
            throw new TaskFailedException(problem.Code, $"{problem.Field}: {problem.Rule}", retry: false);

        var result = await ((ITaskHandler<TPayload, TResult>)handler).RunAsync(value!, context, cancellationToken);
        return result is null ? ReadOnlyMemory<byte>.Empty : JsonSerializer.SerializeToUtf8Bytes(result, ResultForm);
    }

    private static TPayload? Read(ReadOnlyMemory<byte> payload, out PayloadProblem? problem)
    {
        problem = null;
        var json = payload.IsEmpty ? Null : payload;
        TPayload? value;
        try
        {
            value = JsonSerializer.Deserialize(json.Span, PayloadForm);
        }
        catch (JsonException refusal)
        {
            problem = PayloadInspector.Explain(json, PayloadForm, refusal);
            return default;
        }

        if (value is null && Nullable.GetUnderlyingType(typeof(TPayload)) is null)
            problem = new PayloadProblem("payload", "must not be null or missing");
        return value;
    }
}
