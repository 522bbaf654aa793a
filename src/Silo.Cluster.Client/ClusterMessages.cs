using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Serialization;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Serializers;
using Silo.Cluster.Client.Messages;

namespace Silo.Cluster.Client;

public static class ClusterMessages
{
    /// <summary>Lets the messages of Silo's actors, and the exceptions they end with, pass between processes. Silos and clients of a cluster both need it.</summary>
    public static IServiceCollection AddSiloMessages(this IServiceCollection services)
    {
        services.TryAddSingleton(new MessageOptions());
        services.AddSingleton<MessageCodec>();
        services.AddSingleton<IGeneralizedCodec>(static provider => provider.GetRequiredService<MessageCodec>());
        services.AddSingleton<IGeneralizedCopier>(static provider => provider.GetRequiredService<MessageCodec>());
        services.AddSingleton<ITypeFilter>(static provider => provider.GetRequiredService<MessageCodec>());
        services.AddSerializer(static serializer => serializer.Configure(static options => options.WellKnownTypeAliases[MessageCodec.Alias] = typeof(MessageCodec)));
        services.Configure<ExceptionSerializationOptions>(static options => options.SupportedNamespacePrefixes.Add("Silo"));
        services.AddSingleton<IOutgoingGrainCallFilter, UnansweredCalls>();
        return services;
    }
}
