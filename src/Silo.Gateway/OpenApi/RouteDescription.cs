using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Silo.Contracts.Overview;

namespace Silo.Gateway.OpenApi;

/// <summary>What a route is, said where it is mapped; the API's document is made of it.</summary>
internal static class RouteDescription
{
    /// <param name="name">The operation's id: clients that are generated name their methods by it.</param>
    public static TBuilder Describe<TBuilder>(this TBuilder builder, string name, string summary)
        where TBuilder : IEndpointConventionBuilder => builder.WithName(name).WithSummary(summary);

    public static TBuilder TakesQuery<TBuilder>(this TBuilder builder, params QueryPart[] parameters)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(parameters).Refuses(RefusalSets.Query);

    public static TBuilder TakesJson<TBuilder>(this TBuilder builder, params Type[] types)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new BodyPart("application/json", Required: true, types)).Refuses(RefusalSets.Body).Refuses(RefusalSets.Fields);

    /// <summary>For calls that take nothing, and refuse what they would otherwise pass over.</summary>
    public static TBuilder TakesNoBody<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new BodyPart("application/json", Required: false, typeof(EmptyRequest))).Refuses(RefusalSets.Body);

    public static TBuilder Answers<TBuilder>(this TBuilder builder, Type type, string description, int status = StatusCodes.Status200OK)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new AnswerPart(status, description, "application/json", type));

    public static TBuilder Answers<TBuilder>(this TBuilder builder, AnswerPart answer)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(answer);

    public static TBuilder Refuses<TBuilder>(this TBuilder builder, int status, params string[] codes)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RefusalPart(status, codes));

    public static TBuilder Refuses<TBuilder>(this TBuilder builder, params RefusalPart[] refusals)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(refusals);
}
