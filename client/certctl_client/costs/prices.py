"""List prices of us-east-1 in US dollars, without free tiers, as published in November 2026. One table for
`certctl cost` and every test of costs: if AWS changes a price, change it here, and tests name the sentences
to update.

Sources: aws.amazon.com/<service>/pricing, named in each section."""

MILLION = 1_000_000
MONTH_HOURS = 730
MONTH_MINUTES = MONTH_HOURS * 60
MONTH_SECONDS = MONTH_HOURS * 3600

# aws.amazon.com/kms/pricing: a key; requests with an RSA 2048 key, and with any other asymmetric key
KMS_KEY_MONTH = 1.00
KMS_RSA_2048_REQUEST = 0.03 / 10_000
KMS_ECC_REQUEST = 0.15 / 10_000

# aws.amazon.com/dynamodb/pricing/on-demand: standard table class
WRITE_UNIT = 0.625 / MILLION
READ_UNIT = 0.125 / MILLION

# aws.amazon.com/lambda/pricing: arm64, the first tier
LAMBDA_REQUEST = 0.20 / MILLION
LAMBDA_GB_SECOND = 0.0000133334

# aws.amazon.com/api-gateway/pricing: HTTP APIs, the first 300 million; a request is metered by each 512 KB
HTTP_API_REQUEST = 1.00 / MILLION

# aws.amazon.com/sqs/pricing: standard queues; an empty receive is a request
SQS_REQUEST = 0.40 / MILLION

# aws.amazon.com/eventbridge/pricing: EventBridge Scheduler
SCHEDULER_INVOCATION = 1.00 / MILLION

# aws.amazon.com/cloudwatch/pricing: an alarm is billed for each metric that it reads, metric math included;
# a custom metric for the hours in which it was sent
ALARM_METRIC_MONTH = 0.10
CUSTOM_METRIC_MONTH = 0.30
LOG_INGESTED_GB = 0.50
LOG_STORED_GB_MONTH = 0.03

# aws.amazon.com/cloudfront/pricing: by http, from the United States and Europe
CLOUDFRONT_REQUEST = 0.0075 / 10_000

# no list price: an answer from OcspApi, its function and its reads, by the estimate of docs/costs.md
OCSP_ANSWER = 2.60 / MILLION

# aws.amazon.com/s3/pricing: Standard
S3_PUT = 0.005 / 1000
S3_GET = 0.0004 / 1000

# aws.amazon.com/secrets-manager/pricing
SECRET_MONTH = 0.40

# aws.amazon.com/dynamodb/pricing/on-demand: standard table class, and point-in-time recovery, which is on
STORED_GB_MONTH = 0.25 + 0.20

# aws.amazon.com/private-ca/pricing: a general-purpose CA, and its certificates by how many there are in a
# month: (up to, each)
PRIVATE_CA_MONTH = 400.00
PRIVATE_CA_CERTIFICATES = ((1_000, 0.75), (10_000, 0.35), (None, 0.001))

# aws.amazon.com/ec2/pricing/on-demand, aws.amazon.com/ebs/pricing, aws.amazon.com/rds/postgresql/pricing,
# aws.amazon.com/vpc/pricing for the address: Linux on t4g.medium; db.t4g.medium in one zone and in two
EC2_T4G_MEDIUM_HOUR = 0.0336
EBS_GP3_GB_MONTH = 0.08
PUBLIC_IPV4_HOUR = 0.005
RDS_T4G_MEDIUM_HOUR = 0.065
RDS_T4G_MEDIUM_TWO_ZONES_HOUR = 0.129
RDS_GP3_GB_MONTH = 0.115
RDS_GP3_TWO_ZONES_GB_MONTH = 0.23
# aws.amazon.com/elasticloadbalancing/pricing: an Application Load Balancer, without the units of its load
LOAD_BALANCER_HOUR = 0.0225
