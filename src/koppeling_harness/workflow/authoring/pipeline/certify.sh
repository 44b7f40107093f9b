koppeling run --shard "$SHARD/$SHARDS" --reports shard
